using Trainyard.Contracts.Runs;

namespace Trainyard.Core.Pools.Scheduling;

/// <summary>
/// Decides which waiting run gets which node, for every queue, for simulations and for forecasts. It is told every
/// change and maintains indexes, so that no decision scans the queue or the nodes. It does no I/O, has no clock, and
/// is not thread-safe.
/// </summary>
/// <remarks>The owner with the least usage for its weight is next, with its oldest run of the highest priority. A
/// large run that is next and finds no room gets a reservation on the nodes where it can begin first; other runs may
/// go ahead only if that cannot delay it. In addition, one run at a time that has waited too long gets a
/// reservation regardless of fair shares.</remarks>
public sealed partial class PoolScheduler
{
    // The next decision continues where a longer one stops.
    private const int MostSteps = 512;
    private const int NodesPerReservation = 4;

    // Limits reservations for runs with several nodes: nodes that are free early stand idle until the last one is.
    private const int NodesPerGang = 64;
    private const int ReservationsPerOwner = 4;
    private const int MostOwnersLookedAt = 16;
    private const int MostOldest = 64;

    private readonly SchedulingOptions _options;
    private readonly OwnerAccounts _owners;
    private readonly WaitingRuns _waiting;
    private readonly NodeClasses _classes = new();
    private readonly PlacementSearch _search;
    private readonly Reservations _reservations;
    private readonly VictimSearch _victims;
    private readonly Dictionary<string, SchedulerNode> _nodes = [];
    private readonly Dictionary<RunId, PlacedRun> _running = [];
    private readonly SortedSet<PlacedRun> _preemptible = new(PlacedRun.LatestFirst);
    private readonly HashSet<SchedulerNode> _reservedAsked = [];
    private readonly ShapeSet _open = new();
    private readonly HashSet<NodeClass> _claimed = [];
    private SchedulerNode? _lastAsked;
    private readonly Queue<PendingRun> _oldest = new();
    private PendingRun? _forOldest;
    private long _moment;
    private long _openedAt = -1;
    private long _reorderedAt;
    private long _lookedAt;
    private long _placed;
    private int _asking;
    private int _there;
    private int _nextIndex;

    public PoolScheduler(SchedulingOptions options)
    {
        _options = options;
        _owners = new OwnerAccounts(options);
        _waiting = new WaitingRuns(_owners, options);
        _search = new PlacementSearch(_classes, options);
        _reservations = new Reservations(_classes);
        _victims = new VictimSearch(_classes, _owners, options);
    }

    public int WaitingCount => _waiting.Count;

    public int RunningCount => _running.Count;

    public int WaitingOf(string owner) => _owners.Find(owner)?.Waiting ?? 0;

    /// <summary>The time when the next delayed run is due; null when there is none.</summary>
    public DateTimeOffset? NextDue => _waiting.NextDue is { } due ? new DateTimeOffset(due, TimeSpan.Zero) : null;

    /// <summary>Sets an owner's usage until an instant, in GPU seconds that are decayed already.</summary>
    public void SetUsage(string owner, double gpuSeconds, DateTimeOffset at)
    {
        var account = _owners.Of(owner);
        account.Share.Reset(gpuSeconds, at.UtcTicks);
        _waiting.Reorder(account, at.UtcTicks);
    }

    /// <summary>An owner's usage in GPU seconds, decayed by half in each half-life.</summary>
    public double UsageOf(string owner, DateTimeOffset now) => _owners.Find(owner)?.Share.UsedAt(now.UtcTicks) ?? 0;

    /// <summary>Adds an attempt, replacing any earlier attempt of the same run.</summary>
    public void Enqueue(QueuedRun run, DateTimeOffset now)
    {
        Forget(run.RunId, now);
        _waiting.Add(run, now.UtcTicks);
    }

    /// <summary>
    /// Records that an attempt runs on these nodes, even if another process placed it; also after some of its nodes
    /// are done.
    /// </summary>
    public void Start(RunningRun run, DateTimeOffset now)
    {
        // A repeated call must not count the usage since the start again, and one with fewer nodes counts it from now on.
        if (!_running.TryGetValue(run.Run.RunId, out var placed) || !placed.Is(run))
        {
            var countedFrom = placed?.Run.Attempt == run.Run.Attempt ? now.UtcTicks : run.StartedAt.UtcTicks;
            Forget(run.Run.RunId, now);
            placed = Occupy(run.Run, [.. run.Nodes.Select(NodeOf)], run.StartedAt.UtcTicks, countedFrom, now.UtcTicks);
        }
        placed.Preemption = run.Preemption;
        KeepRoom(placed, now.UtcTicks);
    }

    /// <summary>Removes a run that neither waits nor runs any more. Returns false when it did neither.</summary>
    public bool Forget(RunId id, DateTimeOffset now)
    {
        if (_waiting.Remove(id) is { } waiting)
        {
            Release(waiting.Reservation);
            return true;
        }
        if (_running.Remove(id, out var placed))
        {
            foreach (var occupancy in placed.Occupancies)
            {
                Change(occupancy.Node, node => node.Remove(occupancy));
            }
            _preemptible.Remove(placed);
            KeepRoom(placed, now.UtcTicks);
            _owners.End(placed.Owner, placed.Run, now.UtcTicks);
            _waiting.Reorder(placed.Owner, now.UtcTicks);
            return true;
        }
        return false;
    }

    /// <summary>The waiting attempt of a run; null when the run does not wait.</summary>
    public QueuedRun? Find(RunId id) => _waiting.Find(id)?.Queued;

    /// <summary>
    /// Places as many waiting runs as fit on the nodes that ask for work. Placed runs count as running, and their
    /// nodes stop asking.
    /// </summary>
    public IReadOnlyList<PlacementDecision> Decide(DateTimeOffset now)
    {
        var ticks = now.UtcTicks;
        Prepare(ticks);
        var decisions = PlaceReserved(ticks);
        _openedAt = -1;
        for (var step = 0; step < MostSteps && _asking > 0 && Next(ticks) is var (next, nodes); step++)
        {
            if (step == 0 && ReserveBefore(next, ticks))
            {
                // They may be reserved by now, and a run may have a reservation where there is room.
                decisions.AddRange(PlaceReserved(ticks));
                nodes = next.First is null ? null : _search.Find(next.First, next.Shape, _lastAsked, ticks);
            }
            if (nodes is not null)
            {
                decisions.Add(Place(next.First!, nodes, ticks));
            }
            else
            {
                Block(next.Shape);
            }
        }
        return decisions;
    }

    // The run with the reservation gets the node, even when another run of its owner would go first by now.
    private List<PlacementDecision> PlaceReserved(long now)
    {
        var decisions = new List<PlacementDecision>();
        if (_reservedAsked.Count == 0)
        {
            return decisions;
        }
        // In an order that does not depend on which node asked first.
        var reservations = _reservedAsked
            .Where(node => node.IsAsking)
            .Select(node => node.Reservation)
            .OfType<Reservation>()
            .Distinct()
            .OrderBy(each => each.StartsAt)
            .ThenBy(each => each.Run, PendingRun.ByPriority)
            .ToList();
        foreach (var run in reservations.Select(each => each.Run))
        {
            if (
                run.Group is { } group
                && _owners.IsWithinLimits(group)
                && _owners.IsWithinLimits(group.Shape)
                && _search.Find(run, group.Shape, _lastAsked, now) is { } nodes
            )
            {
                decisions.Add(Place(run, nodes, now));
            }
        }
        _reservedAsked.Clear();
        return decisions;
    }

    private PlacementDecision Place(PendingRun run, List<SchedulerNode> nodes, long now)
    {
        var isBackfill = nodes.Exists(node => node.Reservation is { } kept && kept.Run != run);
        _waiting.Remove(run.RunId);
        Release(run.Reservation);
        nodes.ForEach(StopAsking);
        Occupy(run.Queued, nodes, startedAt: now, countedFrom: now, now);
        return new PlacementDecision(run.Queued, nodes.ConvertAll(node => node.Name)) { IsBackfill = isBackfill };
    }

    private PlacedRun Occupy(QueuedRun run, List<SchedulerNode> nodes, long startedAt, long countedFrom, long now)
    {
        var endsAt = run.MaxDuration is { } most ? startedAt + most.Ticks + _options.Overhead.Ticks : long.MaxValue;
        var likely = run is { MaxDuration: null, Expected: { } time } ? startedAt + time.Ticks : endsAt;
        var occupancies = nodes.ConvertAll(node => new Occupancy(node, DemandOn(node, run), endsAt)
        {
            LikelyEndsAt = likely,
        });
        foreach (var occupancy in occupancies)
        {
            Change(occupancy.Node, node => node.Add(occupancy));
        }
        var owner = _owners.Of(run.Owner);
        var placed = new PlacedRun(run, owner, occupancies, startedAt, ++_placed);
        _running[run.RunId] = placed;
        if (run.IsPreemptible)
        {
            _preemptible.Add(placed);
        }
        _owners.Start(owner, run, now);
        owner.Share.Add(_owners.RateOf(run), countedFrom, now);
        _waiting.Reorder(owner, now);
        return placed;
    }

    private static Resources DemandOn(SchedulerNode node, QueuedRun run) =>
        node.Class is { } known
            ? NodeClassFit.Of(known, run.Needs).Demand
            : new Resources(Math.Max(1, run.Needs.Gpus), run.Needs.Cpus, run.Needs.MemoryBytes, run.Needs.DiskBytes);

    // The next group by fair share that finds room, and the nodes for its first run.
    private (RunGroup Group, List<SchedulerNode>? Nodes)? Next(long now)
    {
        if (_openedAt != _moment)
        {
            FindOpen();
        }
        if (_open.IsEmpty)
        {
            return null;
        }
        foreach (var owner in _waiting.ByTurn)
        {
            while (owner.Shapes.Overlaps(_open) && FirstOpen(owner) is { } first)
            {
                if (_search.Find(first.First!, first.Shape, _lastAsked, now) is { } nodes)
                {
                    return (first, nodes);
                }
                Block(first.Shape);
            }
        }
        return null;
    }

    // The shapes for which a node got room since they last found none.
    private void FindOpen()
    {
        _open.Clear();
        _openedAt = _moment;
        foreach (var shape in _waiting.Shapes)
        {
            if (IsOpen(shape) && _owners.IsWithinLimits(shape))
            {
                _open.Add(shape.Number);
            }
        }
    }

    // Others of the family differ only in when they end: what may go ahead of no reservation with less time may not with more.
    private void Block(NeedShape shape)
    {
        foreach (var each in shape.Family)
        {
            if (each.IsNoEasierThan(shape))
            {
                each.BlockedAt = _moment;
                _open.Remove(each.Number);
            }
        }
    }

    private RunGroup? FirstOpen(OwnerAccount owner)
    {
        RunGroup? first = null;
        foreach (var group in owner.Groups)
        {
            if (
                _open.Contains(group.Shape.Number)
                && (first is null || PendingRun.ByPriority.Compare(group.First, first.First) < 0)
                && _owners.IsWithinLimits(group)
                && _owners.IsWithinLimits(group.Shape)
            )
            {
                first = group;
            }
        }
        return first;
    }

    private bool IsOpen(NeedShape shape)
    {
        foreach (var fit in shape.AbleClasses(_classes))
        {
            if (fit.Class.RoomAt(fit.Demand.Slots) > shape.BlockedAt)
            {
                return true;
            }
        }
        return false;
    }
}
