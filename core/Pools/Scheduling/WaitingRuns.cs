using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools.Matching;

namespace Trainyard.Core.Pools.Scheduling;

/// <summary>What waits, by run, by owner and by shape, each in the order in which it is to be given nodes.</summary>
internal sealed class WaitingRuns(OwnerAccounts owners, SchedulingOptions options)
{
    private readonly Dictionary<RunId, PendingRun> _runs = [];
    private readonly Dictionary<ShapeKey, NeedShape> _shapes = [];
    private readonly PriorityQueue<PendingRun, long> _later = new();
    private readonly Stack<int> _free = new();

    public int Count => _runs.Count;

    /// <summary>The shapes of which something waits and is due.</summary>
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

    /// <summary>Takes it out; the same as it was in.</summary>
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

    /// <summary>Lets in who waited for a time that has come.</summary>
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

    /// <summary>When the next one is let in, in ticks; null when none waits for a time.</summary>
    public long? NextDue => _later.TryPeek(out _, out var due) ? due : null;

    /// <summary>The owners of whom something waits and is due, by whose turn it is.</summary>
    public SortedSet<OwnerAccount> ByTurn { get; } = new(OwnerAccount.ByTurn);

    /// <summary>Puts an owner where it belongs after what it uses has changed.</summary>
    public void Reorder(OwnerAccount owner, long now)
    {
        var isThere = ByTurn.Remove(owner);
        owner.Turn = owner.Share.TurnAt(now);
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
            _free.Push(shape.Number);
        }
    }

    // One that a node failed is unlike all others.
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
        }
        return shape;
    }

    private int NewNumber() => _free.TryPop(out var number) ? number : _shapes.Count;
}

/// <summary>What makes runs alike.</summary>
internal sealed record ShapeKey(RunNeeds Needs, TimeSpan? MaxDuration, int Nodes, RunId? Only);
