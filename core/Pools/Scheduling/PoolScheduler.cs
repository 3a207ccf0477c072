using Trainyard.Contracts.Runs;

namespace Trainyard.Core.Pools.Scheduling;

/// <summary>
/// Which waiting run gets which node: the one decision of every queue, of simulations and of what is told to those who wait.
/// It is told every change and keeps what it needs at hand, so that no decision looks through the queue or the nodes. It does
/// no I/O, knows no clock, and is for one caller at a time.
/// </summary>
/// <remarks>
/// The owner who used least for its weight is next, with its run of the highest priority, the oldest of those. A large run that
/// is next and finds no room gets a reservation where it can begin first; others go ahead of it only where that cannot delay
/// it. One large run at a time that waited too long gets a reservation whosever turn it is.
/// </remarks>
public sealed partial class PoolScheduler
{
    // A decision that takes longer goes on at the next.
    private const int MostSteps = 512;
    private const int NodesPerReservation = 4;

    // The nodes of several that are free first wait for the last.
    private const int NodesPerGang = 64;
    private const int ReservationsPerOwner = 4;
    private const int MostOwnersLookedAt = 16;

    private readonly SchedulingOptions _options;
    private readonly OwnerAccounts _owners;
    private readonly WaitingRuns _waiting;
    private readonly NodeClasses _classes = new();
    private readonly PlacementSearch _search;
    private readonly Reservations _reservations;
    private readonly Dictionary<string, SchedulerNode> _nodes = [];
    private readonly Dictionary<RunId, Placed> _running = [];
    private readonly HashSet<SchedulerNode> _reservedAsked = [];
    private readonly ShapeSet _open = new();
    private readonly HashSet<NodeClass> _claimed = [];
    private SchedulerNode? _lastAsked;
    private PendingRun? _forOldest;
    private long _moment;
    private long _openedAt = -1;
    private long _reorderedAt;
    private long _lookedAt;
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
    }

    public int WaitingCount => _waiting.Count;

    public int RunningCount => _running.Count;

    public int WaitingOf(string owner) => _owners.Find(owner)?.Waiting ?? 0;

    /// <summary>When something that waits for a time is due; null when nothing does.</summary>
    public DateTimeOffset? NextDue => _waiting.NextDue is { } due ? new DateTimeOffset(due, TimeSpan.Zero) : null;

    /// <summary>Sets what an owner used until then, in GPU seconds that are decayed already.</summary>
    public void SetUsage(string owner, double gpuSeconds, DateTimeOffset at)
    {
        var account = _owners.Of(owner);
        account.Share.Reset(gpuSeconds, at.UtcTicks);
        _waiting.Reorder(account, at.UtcTicks);
    }

    /// <summary>What an owner used, in GPU seconds that count half after each half-life.</summary>
    public double UsageOf(string owner, DateTimeOffset now) => _owners.Find(owner)?.Share.UsedAt(now.UtcTicks) ?? 0;

    /// <summary>Adds an attempt, in the place of what was known of its run.</summary>
    public void Enqueue(QueuedRun run, DateTimeOffset now)
    {
        Forget(run.RunId, now);
        _waiting.Add(run, now.UtcTicks);
    }

    /// <summary>An attempt has these nodes, whoever gave it to them.</summary>
    public void Start(RunningRun run, DateTimeOffset now)
    {
        Forget(run.Run.RunId, now);
        Occupy(run.Run, [.. run.Nodes.Select(NodeOf)], run.StartedAt.UtcTicks, now.UtcTicks);
    }

    /// <summary>The run neither waits nor runs any more; false when it did neither.</summary>
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
            _owners.End(placed.Owner, placed.Run, now.UtcTicks);
            _waiting.Reorder(placed.Owner, now.UtcTicks);
            return true;
        }
        return false;
    }

    /// <summary>Whether a run waits, and for which attempt; null when it does not.</summary>
    public QueuedRun? Find(RunId id) => _waiting.Find(id)?.Queued;

    /// <summary>
    /// Gives nodes that ask for work what they are to run: as much as fits now. What it gives counts as running, and its nodes
    /// ask no more.
    /// </summary>
    public IReadOnlyList<PlacementDecision> Decide(DateTimeOffset now)
    {
        var ticks = now.UtcTicks;
        Prepare(ticks);
        var decisions = PlaceReserved(ticks);
        _openedAt = -1;
        for (var step = 0; step < MostSteps && _asking > 0 && Next(ticks) is { } next; step++)
        {
            if (step == 0)
            {
                ReserveBefore(next, ticks);
            }
            if (Place(next.First!, next.Shape, ticks) is { } decision)
            {
                decisions.Add(decision);
            }
            else
            {
                next.Shape.BlockedAt = _moment;
                _open.Remove(next.Shape.Number);
            }
        }
        return decisions;
    }

    // Whoever else of its owner came before it since: the run that was promised a node gets it.
    private List<PlacementDecision> PlaceReserved(long now)
    {
        var decisions = new List<PlacementDecision>();
        foreach (var node in _reservedAsked)
        {
            if (
                node is { IsAsking: true, Reservation.Run: { Group: { } group } run }
                && _owners.IsWithinLimits(group)
                && Place(run, group.Shape, now) is { } decision
            )
            {
                decisions.Add(decision);
            }
        }
        _reservedAsked.Clear();
        return decisions;
    }

    private PlacementDecision? Place(PendingRun run, NeedShape shape, long now)
    {
        if (!_owners.IsWithinLimits(shape) || _search.Find(run, shape, _lastAsked, now) is not { } nodes)
        {
            return null;
        }
        var isBackfill = nodes.Exists(node => node.Reservation is { } kept && kept.Run != run);
        _waiting.Remove(run.RunId);
        Release(run.Reservation);
        nodes.ForEach(StopAsking);
        Occupy(run.Queued, nodes, now, now);
        return new PlacementDecision(run.Queued, nodes.ConvertAll(node => node.Name)) { IsBackfill = isBackfill };
    }

    private void Occupy(QueuedRun run, List<SchedulerNode> nodes, long startedAt, long now)
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
        _running[run.RunId] = new Placed(run, owner, occupancies);
        _owners.Start(owner, run, now);
        owner.Share.Add(_owners.RateOf(run), startedAt, now);
        _waiting.Reorder(owner, now);
    }

    private static Resources DemandOn(SchedulerNode node, QueuedRun run) =>
        node.Class is { } known
            ? NodeClassFit.Of(known, run.Needs).Demand
            : new Resources(Math.Max(1, run.Needs.Gpus), run.Needs.Cpus, run.Needs.MemoryBytes);

    // The group whose turn it is, of those for which a node may have room.
    private RunGroup? Next(long now)
    {
        if (_openedAt != _moment)
        {
            FindOpen(now);
        }
        if (_open.IsEmpty)
        {
            return null;
        }
        foreach (var owner in _waiting.ByTurn)
        {
            if (owner.Shapes.Overlaps(_open) && FirstOpen(owner) is { } first)
            {
                return first;
            }
        }
        return null;
    }

    private void FindOpen(long now)
    {
        _open.Clear();
        _openedAt = _moment;
        foreach (var shape in _waiting.Shapes)
        {
            if (!IsOpen(shape) || !_owners.IsWithinLimits(shape))
            {
                continue;
            }
            // Which of its runs it is matters only to nodes that are kept for one of them.
            if (_search.Find(shape.Any, shape, _lastAsked, now) is null)
            {
                shape.BlockedAt = _moment;
            }
            else
            {
                _open.Add(shape.Number);
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

    // Large runs that are due before the next one, and have no room, must not be overtaken for ever.
    private void ReserveBefore(RunGroup next, long now)
    {
        if (!MayReserve)
        {
            return;
        }
        // A small run gets the next room there is: what is behind it must not be kept for others.
        _claimed.Clear();
        var looked = 0;
        foreach (var owner in _waiting.ByTurn)
        {
            if (OwnerAccount.ByTurn.Compare(owner, next.Owner) > 0 || looked++ == MostOwnersLookedAt)
            {
                break;
            }
            if (owner.Reservations < ReservationsPerOwner && FirstBefore(owner, next) is { } first)
            {
                ReserveUnlessClaimed(first, now);
            }
        }
    }

    private bool MayReserve => _reservations.NodeCount <= _there / NodesPerReservation;

    private void ReserveUnlessClaimed(RunGroup group, long now)
    {
        var able = group.Shape.AbleClasses(_classes);
        var isLarge = IsLarge(group.Shape);
        foreach (var fit in able)
        {
            if (!isLarge)
            {
                _claimed.Add(fit.Class);
            }
            else if (_claimed.Contains(fit.Class))
            {
                return;
            }
        }
        if (isLarge && MayReserve)
        {
            Reserve(group, now);
        }
    }

    // The owner's first run without a reservation, where it is before the next one.
    private RunGroup? FirstBefore(OwnerAccount owner, RunGroup next)
    {
        RunGroup? first = null;
        var mayBeGang = _reservations.GangCount <= _there / NodesPerGang;
        foreach (var group in owner.Groups)
        {
            if (
                group.First!.Reservation is null
                && (group.Shape.Nodes == 1 || mayBeGang)
                && (first is null || PendingRun.ByPriority.Compare(group.First, first.First) < 0)
                && _owners.IsWithinLimits(group)
                && _owners.IsWithinLimits(group.Shape)
            )
            {
                first = group;
            }
        }
        return first is not null && owner == next.Owner && PendingRun.ByPriority.Compare(first.First, next.First) >= 0
            ? null
            : first;
    }

    private List<RunGroup> Before(OwnerAccount owner, RunGroup next) =>
        [
            .. owner
                .Groups.Where(group =>
                    group.First!.Reservation is null
                    && (owner != next.Owner || PendingRun.ByPriority.Compare(group.First, next.First) < 0)
                    && _owners.IsWithinLimits(group)
                    && _owners.IsWithinLimits(group.Shape)
                )
                .OrderBy(group => group.First!, PendingRun.ByPriority),
        ];

    private bool IsLarge(NeedShape shape) =>
        shape.Nodes > 1 || (shape.AbleClasses(_classes) is { Count: > 0 } able && able.All(fit => fit.IsLarge));

    private void Reserve(RunGroup group, long now)
    {
        if (IsLarge(group.Shape) && _reservations.Make(group.First!, now) is { } made)
        {
            foreach (var node in made.Nodes.Where(node => node.IsAsking))
            {
                // It moves to those that are reserved.
                node.Class!.StopAsking(node);
                node.Class.StartAsking(node, ++_moment);
            }
        }
    }

    private void Release(Reservation? reservation)
    {
        if (reservation is null)
        {
            return;
        }
        _reservations.Remove(reservation);
        foreach (var node in reservation.Nodes.Where(node => node.IsAsking))
        {
            node.Class!.StopAsking(node);
            node.Class.StartAsking(node, ++_moment);
        }
    }

    private sealed record Placed(QueuedRun Run, OwnerAccount Owner, List<Occupancy> Occupancies);
}
