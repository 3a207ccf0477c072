using Trainyard.Contracts.Runs;

namespace Trainyard.Core.Pools.Scheduling;

/// <content>Preemption: stopping preemptible runs for runs that go before them.</content>
public sealed partial class PoolScheduler
{
    // The next call goes on where a longer one stops.
    private const int MostPreemptors = 16;
    private const int MostPreemptorsPerOwner = 4;
    private const int MostWaitingLookedAt = 64;

    /// <summary>
    /// The running attempts that have to give way to waiting runs, each told once. The room that they leave is kept
    /// for those runs.
    /// </summary>
    /// <remarks>Only a run that is itself not preemptible and has at least normal priority makes others give way, so
    /// that no two runs stop each other in turn. It has to find no room now or soon, and stopping others has to
    /// help.</remarks>
    public IReadOnlyList<Preemption> Preempt(DateTimeOffset now)
    {
        if (!_options.Preemption || _preemptible.Count == 0)
        {
            return [];
        }
        var ticks = now.UtcTicks;
        Prepare(ticks);
        var told = new List<Preemption>();
        var preemptors = _waiting.ByTurn.Take(MostOwnersLookedAt).SelectMany(Preemptors).Take(MostPreemptors).ToList();
        foreach (var run in preemptors)
        {
            if (_options.HasLimits && _reservations.All.Any(each => each.IsByPreemption))
            {
                // What the limits still allow is not known before the others have their nodes.
                break;
            }
            told.AddRange(PreemptFor(run, now));
        }
        return told;
    }

    /// <summary>Takes back the decision on an attempt that could not be told.</summary>
    public void NotPreempted(Preemption preemption)
    {
        if (_running.TryGetValue(preemption.RunId, out var placed) && placed.Run.Attempt == preemption.Attempt)
        {
            placed.Preemption = null;
        }
        if (_waiting.Find(preemption.Order.For) is { Reservation: { IsByPreemption: true } reservation })
        {
            Release(reservation);
        }
    }

    private IEnumerable<PendingRun> Preemptors(OwnerAccount owner) =>
        owner
            .InOrder()
            .Take(MostWaitingLookedAt)
            .Where(run =>
                run is { Group: not null, Queued: { IsPreemptible: false, Priority: >= 0 } }
                && run.Reservation is not { IsByPreemption: true }
                && _owners.IsWithinLimits(run.Group)
                && _owners.IsWithinLimits(run.Group.Shape)
            )
            .Take(MostPreemptorsPerOwner);

    private IEnumerable<Preemption> PreemptFor(PendingRun run, DateTimeOffset now)
    {
        var ticks = now.UtcTicks;
        var startsAt = ticks + _options.PreemptionTime.Ticks;
        if (
            run.Reservation?.StartsAt <= startsAt
            || _reservations.IsFreeBy(run.Group!.Shape, startsAt, ticks)
            || _victims.Find(run, _preemptible, startsAt, ticks) is not { } found
        )
        {
            return [];
        }
        Release(run.Reservation);
        AskAgain(_reservations.MakeByPreemption(run, found.Nodes, startsAt).Nodes);
        var nodes = found.Nodes.Select(node => node.Name).ToList();
        return [.. found.Victims.Select(victim => Tell(victim, run, nodes, now))];
    }

    private static Preemption Tell(PlacedRun victim, PendingRun run, IReadOnlyList<string> nodes, DateTimeOffset now)
    {
        victim.Preemption = new PreemptionOrder
        {
            For = run.RunId,
            IsSameOwner = victim.Owner == run.Group!.Owner,
            Priority = run.Queued.Priority,
            At = now,
            Nodes = nodes,
        };
        return new Preemption
        {
            RunId = victim.Run.RunId,
            Attempt = victim.Run.Attempt,
            Order = victim.Preemption,
        };
    }

    // Where another process told the run to give way, the room that it leaves is kept here too.
    private void KeepRoom(PlacedRun victim, long now)
    {
        if (
            victim.Preemption is { } order
            && _waiting.Find(order.For) is { Group.Shape: var shape } run
            && run.Reservation is not { IsByPreemption: true }
            && KeptBy(order, victim) is var nodes
            && nodes.Count == shape.Nodes
            && nodes.TrueForAll(node => MayKeep(node, run, shape))
        )
        {
            Release(run.Reservation);
            AskAgain(_reservations.MakeByPreemption(run, nodes, now + _options.PreemptionTime.Ticks).Nodes);
        }
    }

    // Orders of older versions name no nodes: they are those of runs on one node for one on one node.
    private List<SchedulerNode> KeptBy(PreemptionOrder order, PlacedRun victim) =>
        order.Nodes.Count == 0
            ? [.. victim.Occupancies.Select(place => place.Node)]
            : [.. order.Nodes.Select(name => _nodes.GetValueOrDefault(name)).OfType<SchedulerNode>()];

    private static bool MayKeep(SchedulerNode node, PendingRun run, NeedShape shape) =>
        node.IsThere && (node.Reservation is not { } kept || kept.Run == run) && shape.FitOf(node.Class!).Could;
}
