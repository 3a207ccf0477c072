using Trainyard.Contracts.Runs;

namespace Trainyard.Core.Pools.Scheduling;

/// <summary>
/// The standings of waiting runs at one moment. Results are cached: each owner's runs are scanned once, and the nodes
/// once per shape, however many runs are queried.
/// </summary>
internal sealed class Standings(
    SchedulingOptions options,
    OwnerAccounts owners,
    NodeClasses classes,
    WaitingRuns waiting,
    IEnumerable<SchedulerNode> nodes,
    Func<Forecast?> forecast,
    long now
)
{
    // Counts no further; a run further behind reports this number.
    private const int MostAhead = 100_000;
    private const double TypicalSeconds = 3600;

    private readonly Dictionary<OwnerAccount, Dictionary<RunId, int>> _places = [];
    private readonly Dictionary<NeedShape, List<FreedSlots>> _freed = [];
    private readonly Lazy<Forecast?> _forecast = new(forecast);
    private readonly double _used = owners.All.Sum(owner => owner.Share.UsedAt(now));

    public RunStanding? Find(RunId id)
    {
        if (waiting.Find(id) is not { } run)
        {
            return null;
        }
        var owner = owners.Of(run.Queued.Owner);
        var ahead = Ahead(owner, run);
        var (hold, limit) = HoldOf(run, owner);
        var start = StartOf(run, hold, ahead);
        return new RunStanding
        {
            Run = run.Queued,
            Ahead = ahead,
            Hold = hold,
            Limit = limit,
            StartsAt = start is { } known ? new DateTimeOffset(known.At, TimeSpan.Zero) : null,
            IsPromised = start is not null && run.Reservation is { IsKnown: true, IsByPreemption: false },
            IsFromHistory = start is { IsFromHistory: true },
            OwnerUsage = owner.Share.UsedAt(now),
            OwnerPart = _used > 0 ? owner.Share.UsedAt(now) / _used : 0,
            OwnerShare = owner.Share.Weight / owners.All.Where(IsActive).Sum(each => each.Share.Weight),
        };
    }

    private bool IsActive(OwnerAccount owner) => owner.Waiting > 0 || owner.Running > 0 || owner.Share.UsedAt(now) > 1;

    private int Ahead(OwnerAccount owner, PendingRun run)
    {
        if (!_places.TryGetValue(owner, out var places))
        {
            places = owner.InOrder().Take(MostAhead).Index().ToDictionary(each => each.Item.RunId, each => each.Index);
            _places[owner] = places;
        }
        var own = places.GetValueOrDefault(run.RunId, MostAhead);
        var turn = owner.Share.TurnAt(now) + (own * Step(owner, run.Queued));
        var others = 0.0;
        foreach (var other in owners.All)
        {
            if (other != owner && other.Waiting > 0 && other.Groups.Count > 0)
            {
                var step = Step(other, other.Groups[0].First!.Queued);
                others += Math.Clamp(Math.Ceiling((turn - other.Share.TurnAt(now)) / step), 0, other.Waiting);
            }
        }
        return own + (int)others;
    }

    // The distance by which each placed run moves its owner's turn back.
    private double Step(OwnerAccount owner, QueuedRun run) =>
        Math.Max(1, owners.RateOf(run) * TypicalSeconds / owner.Share.Weight);

    private (RunHold Hold, int Limit) HoldOf(PendingRun run, OwnerAccount owner)
    {
        var gpus = run.Queued.Needs.Gpus * run.Queued.Nodes;
        return run switch
        {
            { Group: null } => (RunHold.NotDue, 0),
            { Reservation.IsByPreemption: true } => (RunHold.Preempting, 0),
            { Reservation: not null } => (RunHold.Reserved, 0),
            _ when Exceeds(options.OwnerRuns, owner.Running + 1) => (RunHold.OwnerRuns, options.OwnerRuns),
            _ when gpus > 0 && Exceeds(options.OwnerGpus, owner.RunningGpus + gpus) => (
                RunHold.OwnerGpus,
                options.OwnerGpus
            ),
            _ when Exceeds(options.PoolRuns, owners.Running + 1) => (RunHold.PoolRuns, options.PoolRuns),
            _ when gpus > 0 && Exceeds(options.PoolGpus, owners.RunningGpus + gpus) => (
                RunHold.PoolGpus,
                options.PoolGpus
            ),
            _ when IsKeptFree(run.Group.Shape) => (RunHold.ReservedForOthers, 0),
            _ => (RunHold.Turn, 0),
        };
    }

    private static bool Exceeds(int limit, int count) => limit > 0 && count > limit;

    private bool IsKeptFree(NeedShape shape) =>
        shape.AbleClasses(classes).Any(fit => fit.Class.Reserved.Any(node => fit.Demand.FitsIn(node.Free)));

    private Start? StartOf(PendingRun run, RunHold hold, int ahead) =>
        hold switch
        {
            RunHold.NotDue => run.Queued.NotBefore is { } due ? new Start(due.UtcTicks) : null,
            RunHold.Preempting => new Start(Math.Max(now, run.Reservation!.StartsAt)),
            RunHold.Reserved when run.Reservation is { IsKnown: true } kept => new Start(kept.StartsAt),
            _ when _forecast.Value?.Find(run.RunId) is { } start => new Start(start.At, start.IsFromHistory),
            _ when _forecast.Value is { IsComplete: true } => null,
            RunHold.Reserved => WhenFree(run.Group!.Shape, ahead: 0),
            RunHold.Turn or RunHold.ReservedForOthers => WhenFree(run.Group!.Shape, ahead),
            _ => null,
        };

    // Where there are too many runs for a forecast: the time when enough slots are free for the run and those before it,
    // if each of those needs as many slots.
    private Start? WhenFree(NeedShape shape, int ahead)
    {
        var able = shape.AbleClasses(classes);
        if (able.Count == 0 || shape.Nodes > 1)
        {
            return null;
        }
        if (!_freed.TryGetValue(shape, out var freed))
        {
            _freed[shape] = freed = Freed([.. able.Select(fit => fit.Class)]);
        }
        var needed = (ahead + 1L) * able[0].Demand.Slots;
        var isFromHistory = false;
        foreach (var each in freed)
        {
            needed -= each.Slots;
            isFromHistory |= each.IsFromHistory;
            if (needed <= 0)
            {
                return new Start(Math.Max(now, each.At), isFromHistory);
            }
        }
        return null;
    }

    private List<FreedSlots> Freed(HashSet<NodeClass> able) =>
        [
            .. nodes
                .Where(node => node.IsThere && able.Contains(node.Class!))
                .SelectMany(node =>
                    node.Runs.Where(run => run.LikelyEndsAt > now && run.LikelyEndsAt < long.MaxValue)
                        .Select(run => new FreedSlots(
                            run.LikelyEndsAt,
                            run.Demand.Slots,
                            IsFromHistory: run.LikelyEndsAt != run.EndsAt
                        ))
                        .Prepend(new FreedSlots(now, Math.Max(0, node.Free.Slots), IsFromHistory: false))
                )
                .OrderBy(each => each.At),
        ];

    private sealed record Start(long At, bool IsFromHistory = false);

    private readonly record struct FreedSlots(long At, int Slots, bool IsFromHistory);
}
