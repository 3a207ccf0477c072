using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools.Matching;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Core.Tests.Pools.Scheduling;

/// <content>Runs that give way: they leave at once, wait again, and begin anew.</content>
internal sealed partial class VirtualPool
{
    /// <summary>Whether <see cref="Settle"/> lets runs give way.</summary>
    public bool Preempts { get; init; }

    /// <summary>Whether they leave only when <see cref="LeaveOne"/> lets them.</summary>
    public bool LeavesLater { get; init; }

    /// <summary>Every order to give way, as it was told.</summary>
    public List<Preemption> Preempted { get; } = [];

    /// <summary>Tells runs to give way; they do not leave yet.</summary>
    public IReadOnlyList<Preemption> Preempt()
    {
        var told = Scheduler.Preempt(Now);
        foreach (var orders in told.GroupBy(each => each.Order.For))
        {
            CheckNeeded([.. orders]);
            Preempted.AddRange(orders);
        }
        return told;
    }

    /// <summary>A run leaves all its nodes and waits for its next attempt.</summary>
    public void Leave(Preemption told)
    {
        var index = Running.FindIndex(each => each.Decision.Run.RunId == told.RunId);
        var run = Running[index].Decision.Run;
        End(index);
        Scheduler.Enqueue(run with { Attempt = run.Attempt + 1, Preemptions = run.Preemptions + 1 }, Now);
    }

    /// <summary>The first run that was told and is still there leaves, if there is one.</summary>
    public void LeaveOne()
    {
        if (Preempted.Find(told => Running.Exists(each => IsOf(told, each.Decision.Run))) is { } next)
        {
            Leave(next);
        }
    }

    /// <summary>An order that could not be told.</summary>
    public void NotPreempted(Preemption told)
    {
        Preempted.Remove(told);
        Scheduler.NotPreempted(told);
    }

    private bool PreemptAndLeave()
    {
        var told = Preempt();
        if (LeavesLater)
        {
            return false;
        }
        foreach (var each in told)
        {
            Leave(each);
            _served.TryAdd(each.Order.For, Now + options.PreemptionTime);
        }
        return told.Count > 0;
    }

    private readonly Dictionary<RunId, DateTimeOffset> _served = [];

    /// <summary>Whether each run that others gave way to has begun: at once, or with what ended by then anyway.</summary>
    public bool AllServed =>
        _served.All(each => Now <= each.Value || Started.Exists(decision => decision.Run.RunId == each.Key));

    // Only runs that may be stopped are told, for one that may not and goes before them, once each, and none of them in vain.
    private void CheckNeeded(IReadOnlyList<Preemption> told)
    {
        var order = told[0].Order;
        var waiting = Scheduler.Find(order.For)!;
        Assert.False(waiting.IsPreemptible);
        Assert.True(waiting.Priority >= 0);
        Assert.All(told, each => Assert.Equal(order.Nodes, each.Order.Nodes));
        Assert.Equal(waiting.Nodes, order.Nodes.Distinct().Count());
        var victims = told.Select(each => Running.Single(run => run.Decision.Run.RunId == each.RunId).Decision)
            .ToList();
        Assert.All(victims, victim => Assert.True(victim.Run.IsPreemptible && GoesBefore(waiting, victim.Run)));
        Assert.Equal(victims.Count, victims.Distinct().Count());
        Assert.True(order.Nodes.All(node => HasRoom(waiting, node, victims)), "it has room when they have left");
        foreach (var victim in victims)
        {
            var others = victims.Where(each => each != victim).ToList();
            Assert.False(order.Nodes.All(node => HasRoom(waiting, node, others)), "each is needed");
        }
    }

    private bool HasRoom(QueuedRun run, string node, IReadOnlyList<PlacementDecision> victims)
    {
        var (provides, _, free) = _nodes[node];
        var room = Running
            .Where(each => each.Decision.Nodes.Contains(node) && (victims.Contains(each.Decision) || IsEnding(each)))
            .Aggregate(free, (sum, each) => sum + Demand(provides, each.Decision));
        return NodeMatch.Could(provides, run.Needs) && Demand(provides, new PlacementDecision(run, [])).FitsIn(room);
    }

    private bool IsEnding((PlacementDecision Decision, DateTimeOffset EndsAt) running) =>
        (
            running.Decision.Run.MaxDuration is not null
            && running.EndsAt > Now
            && running.EndsAt <= Now + options.PreemptionTime
        )
        || Preempted.Exists(told =>
            IsOf(told, running.Decision.Run) && Now - told.Order.At <= 2 * options.PreemptionTime
        );

    private static bool IsOf(Preemption told, QueuedRun run) => (told.RunId, told.Attempt) == (run.RunId, run.Attempt);

    // A promise is given up for an earlier start, which holds only if those leave in time that give way.
    private void GiveUpPromises()
    {
        var standings = LeavesLater && _promised.Count > 0 ? Scheduler.Standings(Now) : null;
        foreach (var run in _promised.Keys.Where(run => standings?.Invoke(run)?.Hold is RunHold.Preempting).ToList())
        {
            _promised.Remove(run);
        }
    }

    // Until a run is there for which others give way, or its time is over, its rooms are its own.
    private void CheckKept()
    {
        foreach (
            var order in Preempted.Select(told => told.Order).Where(order => Now - order.At <= options.PreemptionTime)
        )
        {
            if (Scheduler.Find(order.For) is { } waiting)
            {
                var ended = Running.Where(each => each.EndsAt <= Now).Select(each => each.Decision).ToList();
                Assert.True(order.Nodes.All(node => HasRoom(waiting, node, ended)), "its rooms are kept");
            }
        }
    }

    // Within an owner by priority, between owners by use; a run counts at once as 15 seconds of it.
    private bool GoesBefore(QueuedRun run, QueuedRun victim) =>
        run.Owner == victim.Owner
            ? run.Priority > victim.Priority
            : UseOf(run.Owner, options.RateOf(run.Needs.Gpus) * run.Nodes) < UseOf(victim.Owner, 0);

    private double UseOf(string owner, double more) =>
        Scheduler.UsageOf(owner, Now)
        + (
            15
            * Running
                .Select(each => each.Decision.Run)
                .Where(run => run.Owner == owner)
                .Aggregate(more, (sum, run) => sum + (options.RateOf(run.Needs.Gpus) * run.Nodes))
        );
}
