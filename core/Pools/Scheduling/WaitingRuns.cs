using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools.Matching;

namespace Trainyard.Core.Pools.Scheduling;

/// <summary>What waits, by run, by owner and by shape, each in the order in which it is to be given nodes.</summary>
internal sealed class WaitingRuns(OwnerAccounts owners)
{
    private readonly Dictionary<RunId, WaitingRun> _runs = [];
    private readonly Dictionary<ShapeKey, NeedShape> _shapes = [];
    private readonly PriorityQueue<WaitingRun, long> _later = new();

    public int Count => _runs.Count;

    /// <summary>The shapes of which something waits and is due.</summary>
    public IReadOnlyCollection<NeedShape> Shapes => _shapes.Values;

    public WaitingRun? Find(RunId id) => _runs.GetValueOrDefault(id);

    public void Add(QueuedRun queued, long now)
    {
        var run = new WaitingRun(queued);
        _runs[queued.RunId] = run;
        owners.Of(queued.Owner).Waiting++;
        if (queued.NotBefore is { } due && due.UtcTicks > now)
        {
            _later.Enqueue(run, due.UtcTicks);
        }
        else
        {
            Join(run, now);
        }
    }

    /// <summary>Takes it out; the same as it was in.</summary>
    public WaitingRun? Remove(RunId id)
    {
        if (!_runs.Remove(id, out var run))
        {
            return null;
        }
        owners.Of(run.Queued.Owner).Waiting--;
        if (run.Group is { } group)
        {
            TakeOut(group);
            group.Remove(run);
            if (group.Count > 0)
            {
                PutIn(group);
            }
            else
            {
                Drop(group);
            }
        }
        return run;
    }

    /// <summary>Lets in who waited for a time that has come.</summary>
    public void LetIn(long now)
    {
        while (_later.TryPeek(out var run, out var due) && due <= now)
        {
            _later.Dequeue();
            if (_runs.GetValueOrDefault(run.RunId) == run)
            {
                Join(run, now);
            }
        }
    }

    /// <summary>When the next one is let in, in ticks; null when none waits for a time.</summary>
    public long? NextDue => _later.TryPeek(out _, out var due) ? due : null;

    /// <summary>Puts an owner's runs where they belong after what it uses or holds has changed.</summary>
    public void Reorder(OwnerAccount owner, long now)
    {
        var turn = owner.Share.TurnAt(now);
        foreach (var group in owner.Groups)
        {
            TakeOut(group);
        }
        owner.Turn = turn;
        foreach (var group in owner.Groups)
        {
            PutIn(group);
        }
    }

    private void Join(WaitingRun run, long now)
    {
        var owner = owners.Of(run.Queued.Owner);
        if (owner.Groups.Count == 0)
        {
            owner.Turn = owner.Share.TurnAt(now);
        }
        var shape = ShapeOf(run.Queued, now);
        if (!shape.Groups.TryGetValue(owner, out var group))
        {
            shape.Groups[owner] = group = new RunGroup(shape, owner);
            owner.Groups.Add(group);
        }
        TakeOut(group);
        group.Add(run);
        PutIn(group);
    }

    private void TakeOut(RunGroup group)
    {
        if (group.IsOrdered)
        {
            group.Shape.Order.Remove(group);
            group.Shape.ByAge.Remove(group);
            group.IsOrdered = false;
        }
    }

    private void PutIn(RunGroup group)
    {
        if (owners.IsWithinLimits(group))
        {
            group.Shape.Order.Add(group);
            group.Shape.ByAge.Add(group);
            group.IsOrdered = true;
        }
    }

    private void Drop(RunGroup group)
    {
        group.Owner.Groups.Remove(group);
        group.Shape.Groups.Remove(group.Owner);
        if (group.Shape.Groups.Count == 0)
        {
            _shapes.Remove(group.Shape.Key);
        }
    }

    // One that a node failed is unlike all others.
    private NeedShape ShapeOf(QueuedRun run, long now)
    {
        var avoids = run.Avoided.Count > 0 && run.AvoidUntil?.UtcTicks > now;
        var key = new ShapeKey(NeedsText.Intern(run.Needs), run.MaxDuration, run.Nodes, avoids ? run.RunId : null);
        if (!_shapes.TryGetValue(key, out var shape))
        {
            shape = new NeedShape(key, avoids ? run.Avoided : [], avoids ? run.AvoidUntil!.Value.UtcTicks : 0);
            _shapes[key] = shape;
        }
        return shape;
    }
}

/// <summary>What makes runs alike.</summary>
internal sealed record ShapeKey(RunNeeds Needs, TimeSpan? MaxDuration, int Nodes, RunId? Only);
