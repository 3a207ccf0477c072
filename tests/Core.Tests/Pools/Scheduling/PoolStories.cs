using FsCheck;
using FsCheck.Fluent;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Core.Tests.Pools.Scheduling;

/// <summary>Pools of four nodes at which runs arrive, end and time passes, drawn at random.</summary>
internal static class PoolStories
{
    private static readonly int[] Sizes = [1, 2, 4, 8];

    private static readonly Gen<Step> Arrival =
        from owner in Gen.Elements("ann", "bob", "carol")
        from gpus in Gen.Elements(0, 1, 1, 2, 4, 8)
        from minutes in Gen.Elements(5, 30, 60, 240)
        from priority in Gen.Choose(-1, 1)
        from nodes in Gen.Elements(1, 1, 1, 1, 2, 3)
        from cpus in Gen.Elements(0, 0, 8)
        from disk in Gen.Elements(0, 0, 30, 60, 100)
        select new Step(
            $"{owner}: {nodes} x {gpus} GPUs, {cpus} CPUs, {disk} of disk, {minutes} min, priority {priority}",
            pool => pool.Enqueue(owner, gpus, minutes, priority, nodes, cpus: cpus, disk: disk)
        );

    private static readonly Gen<Step> Departure =
        from which in Gen.Choose(0, 100)
        select new Step(
            $"end {which}",
            pool =>
            {
                if (pool.Running.Count > 0)
                {
                    pool.End(which % pool.Running.Count);
                }
            }
        );

    private static readonly Gen<Step> Time =
        from minutes in Gen.Elements(1, 7, 60)
        select new Step($"{minutes} min pass", pool => pool.Pass(TimeSpan.FromMinutes(minutes)));

    private static readonly Gen<(int[] Nodes, Step[] Steps)> Stories =
        from nodes in Gen.Elements(Sizes).ArrayOf(4)
        from steps in Gen.Frequency((6, Arrival), (2, Departure), (3, Time)).ArrayOf(60)
        select (nodes, steps);

    private sealed record Step(string Text, Action<VirtualPool> Take)
    {
        public override string ToString() => Text;
    }

    // The largest node runs everything that is asked of one node; what asks for two needs two such nodes.
    public static void Check(
        Action<VirtualPool, int> property,
        SchedulingOptions? options = null,
        int stories = 1_000
    ) =>
        Prop.ForAll(
                Stories.ToArbitrary(),
                story =>
                {
                    var pool = new VirtualPool(options ?? VirtualPool.Options);
                    for (var i = 0; i < story.Nodes.Length; i++)
                    {
                        pool.AddNode($"node-{i}", story.Nodes[i]);
                    }
                    foreach (var step in story.Steps)
                    {
                        step.Take(pool);
                        pool.Settle();
                    }
                    var can = pool
                        .Scheduler.Waiting(pool.Now, 1_000)
                        .Count(run => story.Nodes.Count(gpus => gpus >= run.Needs.Gpus) >= run.Nodes);
                    property(pool, pool.Started.Count + can);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(stories));
}
