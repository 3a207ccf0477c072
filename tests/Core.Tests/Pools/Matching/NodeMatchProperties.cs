using FsCheck;
using FsCheck.Fluent;
using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools.Matching;

namespace Trainyard.Core.Tests.Pools.Matching;

/// <summary>What a node could run, for any node and any needs.</summary>
public sealed class NodeMatchProperties
{
    private static readonly Config ManyTimes = Config.QuickThrowOnFailure.WithMaxTest(1000);

    private static readonly Gen<NodeProvides> AnyNode =
        from gpus in Gen.Choose(0, 4)
        from model in Gen.Elements("Tesla V100-SXM2-16GB", "Tesla K80", "NVIDIA A100-SXM4-80GB")
        from cpus in Gen.Choose(1, 32)
        from memory in Gen.Choose(1, 64)
        from disk in Gen.Choose(-1, 64)
        from packages in Gen.SubListOf(("tensorflow", "2.18.0"), ("torch", "2.5.1"))
        from standsIn in Gen.Elements(true, false)
        select new NodeProvides(
            gpus,
            new NodeCapabilities
            {
                Cpus = cpus,
                MemoryBytes = memory * 1_000_000_000L,
                DiskBytes = disk < 0 ? null : disk * 1_000_000_000L,
                Gpus = gpus > 0 ? [new GpuFacts(model, gpus)] : [],
                Pythons = [Nodes.Python("3.12.1", [.. packages])],
                CpuStandIn = standsIn,
            }
        );

    private static readonly Gen<RunNeeds> AnyNeeds =
        from framework in Gen.Elements(
            "python, version: \"3\"",
            "tensorflow, version: \"2.18\"",
            "pytorch, version: \"2.5\""
        )
        from compute in Gen.Elements(
            "small",
            "v100x2",
            "k80",
            "{cpus: 1, memory: 1 GB}",
            "{cpus: 16, memory: 32 GB}",
            "{gpus: 1, gpu_type: a100, cpus: 4, memory: 8 GB}",
            "{gpus: 4, cpus: 4, memory: 8 GB}",
            "{cpus: 1, memory: 1 GB, disk: 30 GB}",
            "{name: v100x2, disk: 30 GB}"
        )
        select AskedFor.Needs($"{{name: {framework}}}", compute);

    [Fact]
    public void A_node_that_has_more_could_run_no_less() =>
        Check(
            from node in AnyNode
            from needs in AnyNeeds
            from more in Gen.Choose(1, 8)
            select (node, needs, more),
            sample =>
            {
                var facts = sample.node.Facts!;
                var larger = sample.node with
                {
                    Facts = facts with
                    {
                        Cpus = facts.Cpus + sample.more,
                        MemoryBytes = facts.MemoryBytes * 2,
                        DiskBytes = facts.DiskBytes * 2,
                    },
                };

                Assert.True(NodeMatch.Could(larger, sample.needs) || !NodeMatch.Could(sample.node, sample.needs));
            }
        );

    [Fact]
    public void What_a_node_goes_without_is_told_exactly_where_something_was_relaxed() =>
        Check(
            from node in AnyNode
            from needs in AnyNeeds
            select (node, needs),
            sample =>
            {
                if (NodeMatch.Could(sample.node, sample.needs))
                {
                    Assert.Equal(
                        NodeMatch.StandsIn(sample.node, sample.needs),
                        ShortfallNotices.Of(sample.node, sample.needs).Count > 0
                    );
                }
            }
        );

    private static void Check<T>(Gen<T> gen, Action<T> property) =>
        Prop.ForAll(gen.ToArbitrary(), property).Check(ManyTimes);
}
