using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools.Matching;
using Trainyard.Manifests.Frameworks;

namespace Trainyard.Core.Tests.Pools.Matching;

/// <summary>What manifests ask for, one key at a time, and which machine has it.</summary>
public sealed class NodeMatchTests
{
    private const string Python = """{name: python, version: "3"}""";
    private const string Small = "{cpus: 1, memory: 1 GB}";

    [Theory]
    [InlineData("{gpus: 1, cpus: 1, memory: 1 GB}", "needs 1 GPU, has no GPU")]
    [InlineData("{gpus: 1, gpu_type: v100, cpus: 1, memory: 1 GB}", "needs 1 GPU of the type v100, has no GPU")]
    [InlineData("{cpus: 2, memory: 1 GB}", "")]
    [InlineData("{cpus: 2.5, memory: 1 GB}", "needs 2.5 CPUs, has 2")]
    [InlineData("{cpus: 1000, memory: 64 MB}", "needs 1000 CPUs, has 2")]
    [InlineData("{cpus: 1, memory: 25 GB}", "")]
    [InlineData("{cpus: 1, memory: 64 GB}", "needs 64 GB of memory, has 25 GB")]
    [InlineData("small", "needs 1 GPU, has no GPU; needs 6 CPUs, has 2")]
    [InlineData(
        "v100x2",
        "needs 2 GPUs of the type v100, has no GPU; needs 52 CPUs, has 2; needs 48 GB of memory, has 25 GB"
    )]
    public void A_machine_without_GPUs_says_what_it_lacks(string compute, string lacks) =>
        Assert.Equal(lacks, Lacks(Nodes.Cpu(Nodes.Laptop), AskedFor.Needs(Python, compute)));

    [Theory]
    [InlineData("{gpus: 2, cpus: 1, memory: 1 GB}", "")]
    [InlineData("{gpus: 3, cpus: 1, memory: 1 GB}", "needs 3 GPUs, has 2 GPUs")]
    [InlineData("{gpus: 1, gpu_type: v100, cpus: 1, memory: 1 GB}", "")]
    [InlineData("{gpus: 1, gpu_type: nvidia-TeslaV100, cpus: 1, memory: 1 GB}", "")]
    [InlineData("{gpus: 1, gpu_type: v100-16gb, cpus: 1, memory: 1 GB}", "")]
    [InlineData(
        "{gpus: 1, gpu_type: v100-32gb, cpus: 1, memory: 1 GB}",
        "needs 1 GPU of the type v100-32gb, has Tesla V100-SXM2-16GB"
    )]
    [InlineData(
        "{gpus: 1, gpu_type: a100, cpus: 1, memory: 1 GB}",
        "needs 1 GPU of the type a100, has Tesla V100-SXM2-16GB"
    )]
    [InlineData("k80", "needs 1 GPU of the type k80, has Tesla V100-SXM2-16GB")]
    [InlineData("v100x2", "")]
    [InlineData("small", "")]
    [InlineData("large", "needs 4 GPUs, has 2 GPUs")]
    public void A_machine_with_two_V100_says_what_it_lacks(string compute, string lacks) =>
        Assert.Equal(lacks, Lacks(Nodes.Gpu(Nodes.V100s), AskedFor.Needs(Python, compute)));

    [Theory]
    [InlineData("""{name: python, version: "3"}""", "")]
    [InlineData("""{name: python, version: "3", runtimes: {name: python, version: "3.12"}}""", "")]
    [InlineData(
        """{name: python, version: "3", runtimes: {name: python, version: "3.1"}}""",
        "needs Python 3.1, has Python 3.12.1"
    )]
    [InlineData("""{name: tensorflow, version: "2.18"}""", "")]
    [InlineData(
        """{name: tensorflow, version: "2.21"}""",
        "needs tensorflow 2.21, has tensorflow 2.18.1 on Python 3.12.1"
    )]
    [InlineData(
        """{name: tensorflow, version: "1.5"}""",
        "needs tensorflow 1.5, has tensorflow 2.18.1 on Python 3.12.1"
    )]
    [InlineData("""{name: tensorflow, version: latest}""", "")]
    [InlineData("""{name: pytorch, version: "2.5"}""", "")]
    [InlineData("""{name: pytorch, version: "2.9"}""", "needs pytorch 2.9, has torch 2.5.1+cu124 on Python 3.12.1")]
    [InlineData("""{name: xgboost, version: "3.4"}""", "needs xgboost 3.4, has no xgboost")]
    [InlineData("""{name: torch, version: lua52}""", "needs torch lua52, has no torch")]
    [InlineData("""{name: caffe, version: "1.0"}""", "needs caffe 1.0 on Python 2.7, has no caffe")]
    [InlineData(
        """{name: custom, image: "example.com/mine:1"}""",
        "needs a container, has nothing that runs containers"
    )]
    public void A_framework_is_matched_by_what_is_installed(string framework, string lacks) =>
        Assert.Equal(lacks, Lacks(Nodes.Gpu(Nodes.V100s), AskedFor.Needs(framework, Small)));

    [Theory]
    [InlineData("{cpus: 1, memory: 1 GB, disk: 60 GiB}", 60L << 30, "")]
    [InlineData("{cpus: 1, memory: 1 GB, disk: 200 GB}", 60L << 30, "needs 200 GB of disk, has 64.4 GB")]
    [InlineData("{cpus: 1, memory: 1 GB, disk: 16 MB}", 0L, "needs 16 MB of disk, has 0 MB")]
    [InlineData("{cpus: 1, memory: 1 GB, disk: 16 MB}", null, "needs 16 MB of disk, has not said how much")]
    [InlineData("{cpus: 1, memory: 1 GB}", null, "")]
    public void A_node_has_the_disk_that_it_says_it_has(string compute, long? disk, string lacks) =>
        Assert.Equal(lacks, Lacks(Nodes.Cpu(Nodes.Laptop with { DiskBytes = disk }), AskedFor.Needs(Python, compute)));

    [Fact]
    public void No_name_and_no_relaxation_lets_a_node_have_less_disk()
    {
        var relaxed = new Relaxations { NamedSizes = true };
        var node = Nodes.Cpu(Nodes.Laptop with { CpuStandIn = true });

        Assert.Equal("", Lacks(node, AskedFor.Needs(Python, "{name: small, disk: 60 GB}", relaxed)));
        Assert.Equal(
            "needs 65 GB of disk, has 64.4 GB",
            Lacks(node, AskedFor.Needs(Python, "{name: small, disk: 65 GB}", relaxed))
        );
    }

    [Fact]
    public void What_FfDL_calls_storage_is_disk() =>
        Assert.Equal(
            "needs 65 GB of disk, has 64.4 GB",
            Lacks(
                Nodes.Cpu(Nodes.Laptop),
                RunNeeds.Of(
                    AskedFor.Ffdl("storage: 65 GB\ncpus: 1\nmemory: 1 GB"),
                    FrameworkCatalog.Default,
                    Relaxations.None
                )
            )
        );

    [Fact]
    public void Needs_of_an_older_version_ask_for_no_disk_and_those_without_are_written_as_they_were()
    {
        const string old =
            """{"gpus":1,"cpus":2,"memory_bytes":3,"are_sizes_named":false,"are_sizes_relaxed":false,"meets_peers":false}""";

        var needs = NeedsText.Read(old, 1);

        Assert.Equal(
            new RunNeeds
            {
                Gpus = 1,
                Cpus = 2,
                MemoryBytes = 3,
            },
            needs
        );
        Assert.Equal(old, NeedsText.Write(needs));
        Assert.Equal(5, NeedsText.Read(NeedsText.Write(needs with { DiskBytes = 5 }), 1).DiskBytes);
    }

    [Theory]
    [InlineData("disk=ssd", "")]
    [InlineData("disk=ssd,rack=7", "")]
    [InlineData("disk=hdd", "needs the label disk=hdd, has disk=ssd")]
    [InlineData("disk=SSD,zone=a", "needs the label disk=SSD, has disk=ssd; needs the label zone=a, has no label zone")]
    public void Labels_are_matched_one_by_one_and_letter_by_letter(string requires, string lacks)
    {
        var facts = Nodes.Laptop with { Labels = NodeLabels.Read("rack=7, disk=ssd") };
        var needs = AskedFor.Needs(Python, Small) with { Requires = NodeLabels.Read(requires) };

        Assert.Equal(lacks, Lacks(Nodes.Cpu(facts), needs));
    }

    [Fact]
    public void A_node_that_tells_nothing_has_no_label() =>
        Assert.Equal(
            "needs the label disk=ssd, has no label disk",
            Lacks(new NodeProvides(1, Facts: null), new RunNeeds { Requires = NodeLabels.Read("disk=ssd") })
        );

    [Theory]
    [InlineData("", 0)]
    [InlineData("a=1", 1)]
    [InlineData(" a = 1 , b/c=x.y ,", 2)]
    [InlineData("a", null)]
    [InlineData("a=", null)]
    [InlineData("=1", null)]
    [InlineData("a=1,a=2", null)]
    [InlineData("a=1 2", null)]
    [InlineData("a=b=c", null)]
    [InlineData("-a=1", null)]
    public void Labels_are_read_or_refused_as_a_whole(string text, int? count) =>
        Assert.Equal(count, NodeLabels.Read(text)?.Count);

    [Fact]
    public void More_labels_than_a_node_may_have_are_refused()
    {
        static string Labels(int count) => string.Join(',', Enumerable.Range(0, count).Select(i => $"l{i}=1"));

        Assert.Equal(32, NodeLabels.Read(Labels(32))!.Count);
        Assert.Null(NodeLabels.Read(Labels(33)));
    }

    [Theory]
    [InlineData("""{name: custom, image: "example.com/mine:1"}""", true)]
    [InlineData("""{name: tensorflow, version: "1.5"}""", true)]
    [InlineData("""{name: xgboost, version: "3.4"}""", false)]
    public void Where_containers_run_a_framework_s_image_will_do(string framework, bool could)
    {
        var facts = Nodes.Laptop with { Containers = new ContainerEngineFact("podman", "4.3.1") };

        Assert.Equal(could, NodeMatch.Could(Nodes.Cpu(facts), AskedFor.Needs(framework, Small)));
    }

    [Fact]
    public void A_node_that_still_tries_its_containers_says_so()
    {
        var facts = Nodes.Laptop with { ContainersPending = true };
        var needs = AskedFor.Needs("""{name: custom, image: "example.com/mine:1"}""", Small);

        Assert.Equal("needs a container, has not said yet whether it runs containers", Lacks(Nodes.Cpu(facts), needs));
    }

    [Fact]
    public void A_node_that_still_asks_its_older_Pythons_says_so()
    {
        var facts = Nodes.Laptop with { Pythons = [Nodes.Python("3.11.2")], PythonsPending = true };
        var old = AskedFor.Needs("""{name: tensorflow, version: "1.5-py2"}""", Small);
        var usual = AskedFor.Needs("""{name: python, version: "3"}""", Small);

        Assert.Equal(
            "needs tensorflow 1.5 on Python 2, has not said yet what is installed",
            Lacks(Nodes.Cpu(facts), old)
        );
        Assert.True(NodeMatch.Could(Nodes.Cpu(facts), usual));
        Assert.False(facts.AreComplete);
    }

    [Fact]
    public void The_package_must_be_installed_for_the_Python_that_was_asked_for()
    {
        var facts = Nodes.Laptop with
        {
            Pythons = [Nodes.Python("3.11.2"), Nodes.Python("2.7.18", ("tensorflow", "1.5.0"))],
        };
        var needs = AskedFor.Needs("""{name: tensorflow, version: "1.5-py3"}""", Small);

        Assert.Equal("needs tensorflow 1.5, has tensorflow 1.5.0 on Python 2.7.18", Lacks(Nodes.Cpu(facts), needs));
        Assert.True(
            NodeMatch.Could(Nodes.Cpu(facts), AskedFor.Needs("""{name: tensorflow, version: "1.5-py2"}""", Small))
        );
    }

    [Theory]
    [InlineData("v100x2", true)]
    [InlineData("small", true)]
    [InlineData("{gpus: 4, gpu_type: h100, cpus: 1, memory: 1 GB}", true)]
    [InlineData("{gpus: 1, cpus: 1000, memory: 1 GB}", false)]
    [InlineData("{cpus: 1000, memory: 64 MB}", false)]
    public void A_CPU_stands_in_for_GPUs_and_for_the_size_of_a_named_configuration_only(string compute, bool could)
    {
        var node = Nodes.Cpu(Nodes.Laptop with { CpuStandIn = true });

        Assert.Equal(could, NodeMatch.Could(node, AskedFor.Needs(Python, compute)));
    }

    [Fact]
    public void What_stands_in_is_told_sentence_by_sentence() =>
        Assert.Equal(
            [
                "The run asked for 2 GPUs of the type v100; this node has none: it runs on the CPU.",
                "The run asked for 52 CPUs; this node has 2.",
                "The run asked for 48 GB of memory; this node has 25 GB.",
                "The run asked for tensorflow 1.5; this node has no tensorflow: its command finds what is installed there.",
            ],
            ShortfallNotices.Of(
                Nodes.Cpu(Nodes.Laptop with { CpuStandIn = true }),
                AskedFor.Needs("""{name: tensorflow, version: "1.5"}""", "v100x2")
            )
        );

    [Fact]
    public void An_operator_lets_any_framework_and_a_named_size_pass()
    {
        var relaxed = new Relaxations { Framework = true, NamedSizes = true };
        var node = Nodes.Gpu(Nodes.V100s with { Cpus = 4, MemoryBytes = 8_000_000_000 });

        Assert.True(NodeMatch.Could(node, AskedFor.Needs("""{name: tensorflow, version: "1.5"}""", "v100", relaxed)));
        Assert.False(NodeMatch.Could(node, AskedFor.Needs(Python, "{gpus: 1, cpus: 26, memory: 24 GB}", relaxed)));
    }

    [Fact]
    public void Defaults_of_FfDL_are_nobody_s_wish()
    {
        var needs = RunNeeds.Of(AskedFor.Ffdl("gpus: 1"), FrameworkCatalog.Default, Relaxations.None);

        Assert.Null(needs.GpuType);
        Assert.True(NodeMatch.Could(Nodes.Cpu(Nodes.Laptop with { CpuStandIn = true }), needs));
    }

    [Fact]
    public void GPUs_of_several_models_are_of_no_type()
    {
        var mixed = Nodes.V100s with { Gpus = [.. Nodes.V100s.Gpus, new GpuFacts("Tesla T4", 1)] };

        Assert.Equal(
            "needs 1 GPU of the type v100, has Tesla V100-SXM2-16GB and Tesla T4",
            Lacks(Nodes.Gpu(mixed), AskedFor.Needs(Python, "{gpus: 1, gpu_type: v100, cpus: 1, memory: 1 GB}"))
        );
    }

    [Fact]
    public void An_agent_that_says_nothing_of_its_node_gets_only_what_needs_no_more_than_GPUs()
    {
        var silent = new NodeProvides(2, null);

        Assert.True(NodeMatch.Could(silent, NeedsText.Read(text: null, gpus: 2)));
        Assert.False(NodeMatch.Could(silent, AskedFor.Needs(Python, Small)));
    }

    [Fact]
    public void Needs_are_the_same_after_they_were_kept()
    {
        var needs = AskedFor.Needs("""{name: tensorflow, version: "1.5"}""", "v100x2");

        var text = NeedsText.Write(needs);

        Assert.Equal(text, NeedsText.Write(NeedsText.Read(text, gpus: 0)));
        Assert.Equal(
            Lacks(Nodes.Cpu(Nodes.Laptop), needs),
            Lacks(Nodes.Cpu(Nodes.Laptop), NeedsText.Read(text, gpus: 0))
        );
    }

    private static string Lacks(NodeProvides node, RunNeeds needs) => string.Join("; ", NodeMatch.Lacks(node, needs));
}
