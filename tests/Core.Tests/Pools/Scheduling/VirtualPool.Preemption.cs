using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Core.Tests.Pools.Scheduling;

/// <content>Runs that give way: they leave at once, wait again, and begin anew.</content>
internal sealed partial class VirtualPool
{
    /// <summary>Whether <see cref="Settle"/> lets runs give way.</summary>
    public bool Preempts { get; init; }

    /// <summary>Every order to give way, as it was told.</summary>
    public List<Preemption> Preempted { get; } = [];

    /// <summary>Tells runs to give way; they do not leave yet.</summary>
    public IReadOnlyList<Preemption> Preempt()
    {
        var told = Scheduler.Preempt(Now);
        foreach (var orders in told.GroupBy(each => each.Order.For))
        {
            CheckNeeded([.. orders]);
        }
        Preempted.AddRange(told);
        return told;
    }

    /// <summary>A run leaves its node and waits for its next attempt.</summary>
    public void Leave(Preemption told)
    {
        var index = Running.FindIndex(each => each.Decision.Run.RunId == told.RunId);
        var run = Running[index].Decision.Run;
        End(index);
        Scheduler.Enqueue(run with { Attempt = run.Attempt + 1, Preemptions = run.Preemptions + 1 }, Now);
    }

    private bool PreemptAndLeave()
    {
        var told = Preempt();
        foreach (var each in told)
        {
            Leave(each);
        }
        _served.UnionWith(told.Select(each => each.Order.For));
        return told.Count > 0;
    }

    private readonly HashSet<RunId> _served = [];

    /// <summary>Whether each run that others gave way to has begun.</summary>
    public bool AllServed => _served.All(id => Started.Exists(each => each.Run.RunId == id));

    // Only runs that may be stopped are told, for one that may not, once each, and none of them in vain.
    private void CheckNeeded(IReadOnlyList<Preemption> told)
    {
        var waiting = Scheduler.Find(told[0].Order.For);
        Assert.False(waiting!.IsPreemptible);
        var victims = told.Select(each => Running.Single(run => run.Decision.Run.RunId == each.RunId).Decision)
            .ToList();
        Assert.All(victims, victim => Assert.True(victim.Run.IsPreemptible));
        Assert.Equal(victims.Count, victims.Distinct().Count());
        foreach (var onNode in victims.GroupBy(victim => Assert.Single(victim.Nodes)))
        {
            var (provides, _, free) = _nodes[onNode.Key];
            var demand = Demand(provides, new PlacementDecision(waiting, []));
            var all = onNode.Aggregate(free, (sum, victim) => sum + Demand(provides, victim));
            Assert.True(demand.FitsIn(all), "it has room when they have left");
            Assert.All(onNode, victim => Assert.False(demand.FitsIn(all - Demand(provides, victim)), "each is needed"));
        }
    }
}
