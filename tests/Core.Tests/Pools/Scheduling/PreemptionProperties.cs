using FsCheck;
using FsCheck.Fluent;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Core.Tests.Pools.Scheduling;

/// <summary>
/// What holds whatever gives way to what. <see cref="VirtualPool"/> checks at every order that only runs which may be stopped
/// are, for runs which may not, none of them in vain, and at every step that nothing is given twice.
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
        from nodes in Gen.Elements(1, 1, 1, 1, 2)
        from preemptible in Gen.Elements(true, false)
        from disk in Gen.Elements(0, 0, 60)
        select new Action<VirtualPool>(pool =>
            pool.Enqueue(owner, gpus, minutes, priority, nodes, preemptible: preemptible, disk: disk)
        );

    private static readonly Gen<Action<VirtualPool>> Time =
        from minutes in Gen.Elements(1, 7, 60)
        select new Action<VirtualPool>(pool => pool.Pass(TimeSpan.FromMinutes(minutes)));

    private static readonly Gen<(int[] Nodes, Action<VirtualPool>[] Steps)> Stories =
        from nodes in Gen.Elements(Sizes).ArrayOf(3)
        from steps in Gen.Frequency((3, Arrival), (1, Time)).ArrayOf(60)
        select (nodes, steps);

    [Fact]
    public void Whoever_gives_way_goes_on_and_ends_and_nobody_gives_way_for_ever()
    {
        var orders = 0;
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
                }
            )
            .Check(ManyTimes);
        Assert.InRange(orders, 100, int.MaxValue);
    }
}
