using FsCheck;
using FsCheck.Fluent;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Core.Tests.Pools.Scheduling;

/// <summary>
/// What holds whatever gives way to what. <see cref="VirtualPool"/> checks at every order that only runs which may be stopped
/// are, for runs which may not and go before them, none of them in vain, and at every step that nothing is given twice and
/// that a run on several nodes has all of them.
/// </summary>
public sealed class PreemptionProperties
{
    private const int Limit = 3;

    private static readonly Config ManyTimes = Config.QuickThrowOnFailure.WithMaxTest(200);
    private static readonly int[] Sizes = [1, 2, 4, 8];

    private static readonly SchedulingOptions Options = VirtualPool.Options with
    {
        Preemption = true,
        MostPreemptions = Limit,
        PreemptionProtection = TimeSpan.FromMinutes(5),
    };

    private static readonly Gen<Action<VirtualPool>> Arrival =
        from owner in Gen.Elements("ann", "bob", "carol")
        from gpus in Gen.Elements(0, 1, 1, 2, 4, 8)
        from minutes in Gen.Elements(5, 30, 60, 240)
        from priority in Gen.Choose(-1, 1)
        from nodes in Gen.Elements(1, 1, 1, 2, 3)
        from preemptible in Gen.Elements(true, false)
        from disk in Gen.Elements(0, 0, 60)
        select new Action<VirtualPool>(pool =>
            pool.Enqueue(owner, gpus, minutes, priority, nodes, preemptible: preemptible, disk: disk)
        );

    private static readonly Gen<Action<VirtualPool>> Time =
        from minutes in Gen.Elements(1, 7, 60)
        select new Action<VirtualPool>(pool => pool.Pass(TimeSpan.FromMinutes(minutes)));

    private static readonly Gen<(int[] Nodes, Action<VirtualPool>[] Steps)> Stories =
        from nodes in Gen.Elements(Sizes).ArrayOf(4)
        from steps in Gen.Frequency((3, Arrival), (1, Time)).ArrayOf(60)
        select (nodes, steps);

    private static readonly Gen<Action<VirtualPool>> Leaving = Gen.Constant<Action<VirtualPool>>(pool =>
        pool.LeaveOne()
    );

    private static readonly Gen<Action<VirtualPool>> Moment =
        from seconds in Gen.Elements(5, 20, 70)
        select new Action<VirtualPool>(pool => pool.Pass(TimeSpan.FromSeconds(seconds)));

    private static readonly Gen<Action<VirtualPool>> Cancel =
        from place in Gen.Choose(0, 20)
        select new Action<VirtualPool>(pool =>
        {
            if (pool.Scheduler.Waiting(pool.Now, 21).ElementAtOrDefault(place) is { } waiting)
            {
                pool.Cancel(waiting.RunId);
            }
        });

    private static readonly Gen<(int[] Nodes, Action<VirtualPool>[] Steps)> Hesitant =
        from nodes in Gen.Elements(Sizes).ArrayOf(4)
        from steps in Gen.Frequency((6, Arrival), (2, Time), (2, Moment), (3, Leaving), (1, Cancel)).ArrayOf(90)
        select (nodes, steps);

    [Fact]
    public void Whoever_gives_way_goes_on_and_ends_and_nobody_gives_way_for_ever()
    {
        var (orders, ofGangs, forGangs) = (0, 0, 0);
        Prop.ForAll(
                Stories.ToArbitrary(),
                story =>
                {
                    var pool = new VirtualPool(Options) { Preempts = true };
                    for (var i = 0; i < story.Nodes.Length; i++)
                    {
                        pool.AddNode($"node-{i}", story.Nodes[i]);
                    }
                    foreach (var step in story.Steps)
                    {
                        step(pool);
                        pool.Settle();
                        Assert.True(pool.AllServed, "whom others gave way to begins");
                    }
                    pool.Pass(TimeSpan.FromDays(60));

                    Assert.Empty(pool.Running);
                    Assert.All(
                        pool.Scheduler.Waiting(pool.Now, 1_000),
                        run => Assert.True(story.Nodes.Count(gpus => gpus >= run.Needs.Gpus) < run.Nodes)
                    );
                    Assert.All(
                        pool.Preempted.GroupBy(each => each.RunId),
                        each => Assert.InRange(each.Count(), 1, Limit)
                    );
                    orders += pool.Preempted.Count;
                    var gangs = pool
                        .Started.Where(each => each.Nodes.Count > 1)
                        .Select(each => each.Run.RunId)
                        .ToHashSet();
                    ofGangs += pool.Preempted.Count(each => gangs.Contains(each.RunId));
                    forGangs += pool.Preempted.Count(each => gangs.Contains(each.Order.For));
                }
            )
            .Check(ManyTimes);
        Assert.InRange(orders, 100, int.MaxValue);
        Assert.InRange(ofGangs, 20, int.MaxValue);
        Assert.InRange(forGangs, 20, int.MaxValue);
    }

    [Fact]
    public void Rooms_that_are_left_one_after_the_other_stay_with_the_run_that_they_are_left_for()
    {
        var forGangs = 0;
        Prop.ForAll(
                Hesitant.ToArbitrary(),
                story =>
                {
                    var pool = new VirtualPool(Options) { Preempts = true, LeavesLater = true };
                    for (var i = 0; i < story.Nodes.Length; i++)
                    {
                        pool.AddNode($"node-{i}", story.Nodes[i]);
                    }
                    foreach (var step in story.Steps)
                    {
                        step(pool);
                        pool.Settle();
                    }
                    var gangs = pool
                        .Started.Where(each => each.Nodes.Count > 1)
                        .Select(each => each.Run.RunId)
                        .ToHashSet();
                    forGangs += pool.Preempted.Count(each => gangs.Contains(each.Order.For));
                }
            )
            .Check(ManyTimes);
        Assert.InRange(forGangs, 20, int.MaxValue);
    }
}
