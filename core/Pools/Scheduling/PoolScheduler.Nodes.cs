namespace Trainyard.Core.Pools.Scheduling;

/// <content>The nodes: presence, requests for work, silence.</content>
public sealed partial class PoolScheduler
{
    private static readonly long LookEvery = TimeSpan.FromSeconds(30).Ticks;

    /// <summary>Records that a node was seen.</summary>
    public void See(NodeSighting sighting)
    {
        var node = NodeOf(sighting.Name);
        var kind = _classes.Of(sighting.Provides, sighting.Capacity);
        var more = sighting.Capacity - (node.Sighting?.Capacity ?? default);
        if (more != default)
        {
            Change(node, each => each.Free += more);
        }
        node.Sighting = sighting;
        if (node.Class == kind && node.IsThere == sighting.IsUsable)
        {
            return;
        }
        Leave(node);
        node.Class = kind;
        if (sighting.IsUsable)
        {
            node.IsThere = true;
            _there++;
            kind.Come(node);
            _classes.Changed();
        }
    }

    /// <summary>Records that a known node was seen.</summary>
    public void Touch(string name, DateTimeOffset now)
    {
        if (_nodes.TryGetValue(name, out var node) && node.Sighting is { } sighting)
        {
            node.Sighting = sighting with { SeenAt = now };
        }
    }

    /// <summary>
    /// Records that a seen node waits for a run with these free resources, until it gets one or stops asking.
    /// </summary>
    public void Ask(string name, Resources free)
    {
        var node = NodeOf(name);
        if (!node.IsThere || free.Slots <= 0)
        {
            return;
        }
        if (node.AsksElsewhere)
        {
            StopAsking(node);
        }
        if (!node.IsAsking)
        {
            _asking++;
        }
        StartAsking(node, free);
        _lastAsked = node;
    }

    /// <summary>
    /// Records that a node waits for a run at another process: runs on several nodes, at least one of which asks here,
    /// may be placed on it.
    /// </summary>
    public void AskElsewhere(string name, Resources free)
    {
        if (
            _nodes.TryGetValue(name, out var node)
            && node.IsThere
            && free.Slots > 0
            && (!node.IsAsking || (node.AsksElsewhere && node.Free != free))
        )
        {
            StopAsking(node);
            node.AsksElsewhere = true;
            StartAsking(node, free);
        }
    }

    private void StartAsking(SchedulerNode node, Resources free)
    {
        Change(node, each => each.Free = Resources.Min(free, each.Sighting!.Capacity));
        if (!node.IsAsking)
        {
            node.IsAsking = true;
            node.Class!.StartAsking(node, ++_moment);
        }
        if (node.Reservation is not null)
        {
            _reservedAsked.Add(node);
        }
    }

    public void StopAsking(string name)
    {
        if (_nodes.TryGetValue(name, out var node))
        {
            StopAsking(node);
        }
    }

    /// <summary>Stops giving runs to a node for now: it is retired, set aside, or silent.</summary>
    public void Leave(string name)
    {
        if (_nodes.TryGetValue(name, out var node))
        {
            Leave(node);
        }
    }

    private void Leave(SchedulerNode node)
    {
        if (!node.IsThere)
        {
            return;
        }
        Release(node.Reservation);
        StopAsking(node);
        node.Class!.Go(node);
        node.IsThere = false;
        _there--;
        _classes.Changed();
    }

    private void StopAsking(SchedulerNode node)
    {
        if (node.IsAsking)
        {
            node.IsAsking = false;
            _asking -= node.AsksElsewhere ? 0 : 1;
            node.Class!.StopAsking(node);
            node.AsksElsewhere = false;
        }
    }

    // All changes of a node's free resources go through here, to keep the ordered sets consistent.
    private void Change(SchedulerNode node, Action<SchedulerNode> change)
    {
        node.Class?.RemoveTimes(node);
        if (node.IsAsking)
        {
            node.Class!.StopAsking(node);
        }
        change(node);
        node.Class?.AddTimes(node);
        if (node.IsAsking)
        {
            node.Class!.StartAsking(node, ++_moment);
        }
    }

    private SchedulerNode NodeOf(string name)
    {
        if (!_nodes.TryGetValue(name, out var node))
        {
            _nodes[name] = node = new SchedulerNode(name, _nextIndex++);
        }
        return node;
    }

    // Applies the changes that come with time alone.
    private void Prepare(long now)
    {
        _waiting.LetIn(now);
        if (now - _reorderedAt > Math.Max(TimeSpan.TicksPerSecond * 10, _options.HalfLife.Ticks / 2_000))
        {
            _reorderedAt = now;
            foreach (var owner in _waiting.ByTurn.ToList())
            {
                _waiting.Reorder(owner, now);
            }
        }
        if (now - _lookedAt > LookEvery)
        {
            _lookedAt = now;
            var silentSince = now - _options.SeenLately.Ticks;
            foreach (var node in _nodes.Values.Where(node => node.Sighting?.SeenAt.UtcTicks < silentSince).ToList())
            {
                Leave(node);
                if (node.Runs.Count == 0)
                {
                    _nodes.Remove(node.Name);
                }
            }
            foreach (var late in _reservations.All.Where(each => IsOver(each, now)).ToList())
            {
                var group = late.Run.Group!;
                Release(late);
                Reserve(group, now);
            }
            ReserveForOldest(now);
        }
    }

    // A run that gives way may take twice its time before another one is stopped instead.
    private bool IsOver(Reservation each, long now) =>
        each.IsKnown && each.StartsAt + (each.IsByPreemption ? _options.PreemptionTime.Ticks : 0) < now;

    // Reserves for the oldest run, so that none starves, whoever comes.
    private void ReserveForOldest(long now)
    {
        if (_forOldest is { Group: not null, Reservation: not null })
        {
            return;
        }
        if (_oldest.Count == 0)
        {
            FindOldest(now);
        }
        RunGroup? oldest = null;
        while (oldest is null && _oldest.TryDequeue(out var next))
        {
            oldest = next.Group is { } group && _owners.IsWithinLimits(group) ? group : null;
        }
        _forOldest = oldest?.First;
        if (oldest is { First.Reservation: null })
        {
            Reserve(oldest, now);
        }
    }

    // Of each owner's runs of one shape the first, if it has waited too long; several at once, because that looks at all of them.
    private void FindOldest(long now)
    {
        var longAgo = new DateTimeOffset(Math.Max(0, now - _options.LongestWait.Ticks), TimeSpan.Zero);
        var oldest = new PriorityQueue<PendingRun, long>();
        foreach (var first in _waiting.Shapes.SelectMany(shape => shape.Groups.Values).Select(group => group.First!))
        {
            if (first.Queued.QueuedAt < longAgo && _owners.IsWithinLimits(first.Group!))
            {
                // The youngest of those that are kept comes out first.
                oldest.Enqueue(first, -first.Queued.QueuedAt.UtcTicks);
                if (oldest.Count > MostOldest)
                {
                    oldest.Dequeue();
                }
            }
        }
        foreach (var run in oldest.UnorderedItems.Select(each => each.Element).OrderBy(run => run.Queued.QueuedAt))
        {
            _oldest.Enqueue(run);
        }
    }
}
