using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Core.Tests.Pools.Matching;
using Trainyard.Manifests.Reading;
using Trainyard.Tests.Shared;

namespace Trainyard.Core.Tests.Runs;

/// <summary>What who submits a run is told of where it can go.</summary>
public sealed class PlacementTests
{
    private const string Python = """{name: python, version: "3"}""";
    private const string Old = """{name: tensorflow, version: "1.5"}""";
    private const string Little = "{cpus: 1, memory: 1 GB}";

    private readonly ManualTime _time = new();
    private readonly PoolOptions _options = new();

    private NodeCapabilities Own => Nodes.Laptop with { CpuStandIn = true };

    [Fact]
    public async Task On_one_machine_a_framework_that_is_not_there_is_refused_with_the_ways_out()
    {
        var forecast = await ForecastAsync(Old, Little, Nodes.Cpu(Own));

        var problem = Assert.Single(forecast.Problems);
        Assert.Equal(("framework_not_installed", "model_definition.framework"), (problem.Code, problem.Path));
        Assert.StartsWith(
            "The run needs tensorflow 1.5; this service has one machine, with no tensorflow.",
            problem.Message
        );
        Assert.Contains("runs no containers", problem.Message);
        Assert.Contains("Install the framework there, or use `framework: {name: python", problem.Message);
        Assert.Equal("python 3.11.2, scikit-learn 1.2.1", problem.Allowed);
    }

    [Fact]
    public async Task Nothing_is_refused_before_the_machine_has_tried_its_containers()
    {
        var forecast = await ForecastAsync(Old, Little, Nodes.Cpu(Own with { ContainersPending = true }));

        Assert.Empty(forecast.Problems);
    }

    [Fact]
    public async Task Nothing_is_refused_before_the_machine_has_asked_its_older_Pythons()
    {
        var forecast = await ForecastAsync(Old, Little, Nodes.Cpu(Own with { PythonsPending = true }));

        Assert.Empty(forecast.Problems);
    }

    [Theory]
    [InlineData(
        "{cpus: 1000, memory: 64 MB}",
        "compute_not_available",
        ".cpus",
        "needs 1000 CPUs; this service has one machine, with 2."
    )]
    [InlineData(
        "{cpus: 1, memory: 64 GB}",
        "compute_not_available",
        ".memory",
        "needs 64 GB of memory; this service has one machine, with 25 GB."
    )]
    [InlineData(
        "{cpus: 1, memory: 1 GB, disk: 200 GB}",
        "compute_not_available",
        ".disk",
        "needs 200 GB of disk; this service has one machine, with 64.4 GB."
    )]
    [InlineData(
        "{name: v100, disk: 200 GB}",
        "compute_not_available",
        ".disk",
        "needs 200 GB of disk; this service has one machine, with 64.4 GB."
    )]
    public async Task On_one_machine_what_is_larger_is_refused(string compute, string code, string key, string message)
    {
        var problem = Assert.Single((await ForecastAsync(Python, compute, Nodes.Cpu(Own))).Problems);

        Assert.Equal(code, problem.Code);
        Assert.EndsWith(key, problem.Path);
        Assert.Contains(message, problem.Message);
    }

    [Fact]
    public async Task Disk_is_not_refused_where_the_machine_has_not_said_how_much_it_has() =>
        Assert.Empty(
            (
                await ForecastAsync(
                    Python,
                    "{cpus: 1, memory: 1 GB, disk: 200 GB}",
                    Nodes.Cpu(Own with { DiskBytes = null })
                )
            ).Problems
        );

    [Fact]
    public async Task Where_the_CPU_stands_in_the_answer_says_so()
    {
        var forecast = await ForecastAsync(Python, "v100x2", Nodes.Cpu(Own));

        Assert.Empty(forecast.Problems);
        Assert.Equal(
            "The run asked for 2 GPUs of the type v100; this node has none: it runs on the CPU.",
            forecast.Notices[0]
        );
    }

    [Fact]
    public async Task Where_the_operator_lets_frameworks_pass_the_answer_says_so()
    {
        _options.FrameworkStandIn = true;

        var forecast = await ForecastAsync(Old, Little, Nodes.Cpu(Own));

        Assert.Empty(forecast.Problems);
        Assert.Equal(
            [
                "The run asked for tensorflow 1.5; this node has no tensorflow: its command finds what is installed there.",
            ],
            forecast.Notices
        );
    }

    [Theory]
    [InlineData("no node yet")]
    [InlineData("another node was there")]
    [InlineData("not looked yet")]
    [InlineData("no agent of its own")]
    public async Task What_may_come_is_waited_for(string why)
    {
        var own = Nodes.Node(Nodes.Cpu(Own), _time.GetUtcNow());
        PoolNode[] nodes = why switch
        {
            "no node yet" => [],
            "another node was there" =>
            [
                own,
                Nodes.Node(Nodes.Gpu(Nodes.V100s), _time.GetUtcNow() - TimeSpan.FromDays(2), "gpu"),
            ],
            "not looked yet" => [own with { Facts = Own with { Pythons = null } }],
            _ => [own with { Facts = Own with { IsServiceMachine = false } }],
        };

        var placement = Placements.In(nodes, _options, _time);
        var forecast = await placement.ForecastAsync(AskedFor.Manifest(Old, Little), ManifestKeys.None, default);

        Assert.Empty(forecast.Problems);
    }

    [Theory]
    [InlineData("", "gpu", true)]
    [InlineData("gpu, cpu", "gpu", true)]
    [InlineData("gpu, cpu", "default", true)]
    [InlineData("gpu, cpu", null, true)]
    [InlineData("gpu, cpu", "tpu", false)]
    [InlineData("gpu, cpu", "GPU", false)]
    public async Task A_pool_that_the_operator_does_not_list_is_refused_with_those_listed(
        string listed,
        string? named,
        bool isTaken
    )
    {
        _options.Names = listed;
        var manifest = AskedFor.Manifest(Python, Little) with { Pool = named };

        var problems = (
            await Placements.In([], _options, _time).ForecastAsync(manifest, ManifestKeys.None, default)
        ).Problems;

        if (isTaken)
        {
            Assert.Empty(problems);
            return;
        }
        var problem = Assert.Single(problems);
        Assert.Equal(
            ("unknown_pool", "pool", "default, gpu, cpu", $"There is no pool '{named}'."),
            (problem.Code, problem.Path, problem.Allowed, problem.Message)
        );
    }

    [Fact]
    public async Task On_one_machine_a_label_that_it_does_not_have_is_refused()
    {
        var manifest = AskedFor.Manifest(Python, Little) with
        {
            Requires = new Dictionary<string, string> { ["disk"] = "ssd" },
        };
        var node = Nodes.Node(Nodes.Cpu(Own), _time.GetUtcNow());

        var problem = Assert.Single(
            (await Placements.In([node], _options, _time).ForecastAsync(manifest, ManifestKeys.None, default)).Problems
        );

        Assert.Equal(("label_not_available", "requires"), (problem.Code, problem.Path));
        Assert.Contains("needs the label disk=ssd; this service has one machine, with no label disk.", problem.Message);
    }

    [Fact]
    public async Task What_the_pool_has_needs_no_word()
    {
        var forecast = await ForecastAsync("""{name: scikit-learn, version: "1.2"}""", Little, Nodes.Cpu(Own));

        Assert.Empty(forecast.Problems);
        Assert.Empty(forecast.Notices);
    }

    [Theory]
    [InlineData(true, 1, null)]
    [InlineData(true, 2, null)]
    [InlineData(false, 1, "It is `preemptible`, but this pool stops no run for another: it runs on like any other.")]
    [InlineData(false, 2, "It is `preemptible`, but this pool stops no run for another: it runs on like any other.")]
    public async Task Consent_to_give_way_that_has_no_effect_is_said(bool isOn, int nodes, string? notice)
    {
        _options.Preemption = isOn;
        var manifest = AskedFor.Manifest(Python, Little);
        manifest = manifest with { Preemptible = true, Compute = manifest.Compute with { Nodes = nodes } };

        var forecast = await Placements
            .In([Nodes.Node(Nodes.Cpu(Own), _time.GetUtcNow())], _options, _time)
            .ForecastAsync(manifest, ManifestKeys.None, default);

        Assert.Equal(
            notice,
            forecast.Notices.SingleOrDefault(each => each.Contains("preemptible", StringComparison.Ordinal))
        );
    }

    private Task<PlacementForecast> ForecastAsync(
        string framework,
        string compute,
        Trainyard.Core.Pools.Matching.NodeProvides node
    ) =>
        Placements
            .In([Nodes.Node(node, _time.GetUtcNow())], _options, _time)
            .ForecastAsync(AskedFor.Manifest(framework, compute), ManifestKeys.None, default);
}
