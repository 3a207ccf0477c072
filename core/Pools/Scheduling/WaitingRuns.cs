using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools.Matching;

namespace Trainyard.Core.Pools.Scheduling;

/// <summary>The waiting runs, indexed by run, owner and shape, each in the order in which they get nodes.</summary>
internal sealed class WaitingRuns(OwnerAccounts owners, SchedulingOptions options)
{
    private readonly Dictionary<RunId, PendingRun> _runs = [];
    private readonly Dictionary<ShapeKey, NeedShape> _shapes = [];
    private readonly Dictionary<(RunNeeds Needs, int Nodes), List<NeedShape>> _families = [];
    private readonly PriorityQueue<PendingRun, long> _later = new();
    private readonly Stack<int> _free = new();

    public int Count => _runs.Count;

    /// <summary>The shapes that have due runs.</summary>
    public IReadOnlyCollection<NeedShape> Shapes => _shapes.Values;

    public PendingRun? Find(RunId id) => _runs.GetValueOrDefault(id);

    public void Add(QueuedRun queued, long now)
    {
        var run = new PendingRun(queued);
        _runs[queued.RunId] = run;
        owners.Of(queued.Owner).Waiting++;
        if (queued.NotBefore is { } due && !IsDue(due.UtcTicks, now))
        {
            _later.Enqueue(run, due.UtcTicks);
            owners.Of(queued.Owner).Later.Add(run);
        }
        else
        {
            Join(run, now);
        }
    }

    /// <summary>Removes a run and returns it; null when it does not wait.</summary>
    public PendingRun? Remove(RunId id)
    {
        if (!_runs.Remove(id, out var run))
        {
            return null;
        }
        var owner = owners.Of(run.Queued.Owner);
        owner.Waiting--;
        owner.Later.Remove(run);
        if (run.Group is { } group)
        {
            group.Remove(run);
            if (group.Count == 0)
            {
                Drop(group);
            }
        }
        return run;
    }

    /// <summary>Makes delayed runs due when their time has come.</summary>
    public void LetIn(long now)
    {
        while (_later.TryPeek(out var run, out var due) && IsDue(due, now))
        {
            _later.Dequeue();
            if (_runs.GetValueOrDefault(run.RunId) == run)
            {
                owners.Of(run.Queued.Owner).Later.Remove(run);
                Join(run, now);
            }
        }
    }

    /// <summary>The time in ticks when the next delayed run is due; null when there is none.</summary>
    public long? NextDue => _later.TryPeek(out _, out var due) ? due : null;

    /// <summary>The owners of due runs, in the order of their turns.</summary>
    public SortedSet<OwnerAccount> ByTurn { get; } = new(OwnerAccount.ByTurn);

    /// <summary>Updates an owner's place after its usage has changed.</summary>
    public void Reorder(OwnerAccount owner, long now) => SetTurn(owner, owner.Share.TurnAt(now));

    /// <summary>Gives an owner a turn.</summary>
    public void SetTurn(OwnerAccount owner, double turn)
    {
        var isThere = ByTurn.Remove(owner);
        // Owners who used the same are equal, whatever the sums were rounded to.
        owner.Turn = Math.Round(turn, 3);
        if (isThere)
        {
            ByTurn.Add(owner);
        }
    }

    private bool IsDue(long due, long now) => due <= now || due > now + options.LongestDelay.Ticks;

    private void Join(PendingRun run, long now)
    {
        var owner = owners.Of(run.Queued.Owner);
        var shape = ShapeOf(run.Queued, now);
        if (!shape.Groups.TryGetValue(owner, out var group))
        {
            shape.Groups[owner] = group = new RunGroup(shape, owner);
            owner.Groups.Add(group);
            owner.Shapes.Add(shape.Number);
            Reorder(owner, now);
            ByTurn.Add(owner);
        }
        group.Add(run);
    }

    private void Drop(RunGroup group)
    {
        var (owner, shape) = (group.Owner, group.Shape);
        owner.Groups.Remove(group);
        owner.Shapes.Remove(shape.Number);
        if (owner.Groups.Count == 0)
        {
            ByTurn.Remove(owner);
        }
        shape.Groups.Remove(owner);
        if (shape.Groups.Count == 0)
        {
            _shapes.Remove(shape.Key);
            shape.Family.Remove(shape);
            if (shape.Family.Count == 0)
            {
                _families.Remove((shape.Key.Needs, shape.Key.Nodes));
            }
            _free.Push(shape.Number);
        }
    }

    // A run that avoids nodes has a shape of its own.
    private NeedShape ShapeOf(QueuedRun run, long now)
    {
        var avoids = run.Avoided.Count > 0 && run.AvoidUntil?.UtcTicks > now;
        var key = new ShapeKey(NeedsText.Intern(run.Needs), run.MaxDuration, run.Nodes, avoids ? run.RunId : null);
        if (!_shapes.TryGetValue(key, out var shape))
        {
            shape = new NeedShape(
                key,
                NewNumber(),
                avoids ? run.Avoided : [],
                avoids ? run.AvoidUntil!.Value.UtcTicks : 0
            );
            _shapes[key] = shape;
            var siblings = (key.Needs, key.Nodes);
            if (!_families.TryGetValue(siblings, out var family))
            {
                _families[siblings] = family = [];
            }
            family.Add(shape);
            shape.Family = family;
        }
        return shape;
    }

    private int NewNumber() => _free.TryPop(out var number) ? number : _shapes.Count;
}

/// <summary>The key of a shape: runs with equal keys are alike.</summary>
internal sealed record ShapeKey(RunNeeds Needs, TimeSpan? MaxDuration, int Nodes, RunId? Only);
