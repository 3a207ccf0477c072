using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Matching;
using Trainyard.Core.Runs;
using Trainyard.Manifests;
using Trainyard.Tests.Shared;

namespace Trainyard.Core.Tests.Runs;

/// <summary>A run that needs several nodes at once: where it is accepted, where refused, and what it is told.</summary>
public sealed class SeveralNodesTests
{
    private const string Own = """
        model_definition:
          name: digits
          framework: {name: python, version: "3"}
          execution:
            command: python3 train.py
            compute_configuration:
              name: small
              nodes: 2
        training_data_reference: {type: file, source: {bucket: data}}
        training_results_reference: {type: file, target: {bucket: results}}
        """;

    private const string Numbers = """
        model_definition:
          name: digits
          framework: {name: python, version: "3"}
          execution:
            command: python3 train.py
            compute_configuration: {cpus: 1, memory: 1GB, nodes: 2}
        training_data_reference: {type: file, source: {bucket: data}}
        training_results_reference: {type: file, target: {bucket: results}}
        """;

    private const string Ffdl = """
        name: digits
        cpus: 1
        memory: 1Gb
        learners: 2
        data_stores:
          - id: store
            type: s3_datastore
            training_data: {container: data}
            training_results: {container: results}
            connection: {auth_url: "https://s3.example.com", user_name: test, password: test-secret}
        framework: {name: tensorflow, version: "1.13.1", command: python3 train.py}
        """;

    private readonly ManualTime _time = new();

    private readonly PoolOptions _options = new() { FrameworkStandIn = true, SizeStandIn = true };

    [Theory]
    [InlineData(Own, "model_definition.execution.compute_configuration.nodes", 8)]
    [InlineData(Numbers, "model_definition.execution.compute_configuration.nodes", 6)]
    [InlineData(Ffdl, "learners", 4)]
    public async Task A_service_of_one_machine_refuses_them_at_the_key_that_asks(string manifest, string path, int line)
    {
        var problem = Assert.Single((await ForecastAsync(manifest, Node("a", isOwn: true))).Problems);

        Assert.Equal("nodes_not_offered", problem.Code);
        Assert.Equal(
            $"`{path}` asks for 2 nodes at once; this service has one machine. Ask for one node, or attach another machine.",
            problem.Message
        );
        Assert.Equal((path, line, "1"), (problem.Path, problem.Line, problem.Allowed));
    }

    [Theory]
    [InlineData(Own)]
    [InlineData(Numbers)]
    [InlineData(Ffdl)]
    public async Task A_service_with_other_nodes_accepts_them_and_says_nothing_of_a_stand_in(string manifest)
    {
        foreach (var nodes in new[] { [Node("a", isOwn: true), Node("b")], new[] { Node("b") } })
        {
            var forecast = await ForecastAsync(manifest, nodes);

            Assert.Empty(forecast.Problems);
            Assert.DoesNotContain(forecast.Notices, notice => notice.Contains("stands in"));
        }
    }

    [Theory]
    [InlineData(Ffdl, false, true)]
    [InlineData(Ffdl, true, false)]
    [InlineData(Own, false, false)]
    [InlineData(Numbers, false, false)]
    public async Task That_learners_share_no_folder_is_told_where_FfDL_s_did(
        string manifest,
        bool standsIn,
        bool isTold
    )
    {
        _options.SingleNodeStandIn = standsIn;

        var forecast = await ForecastAsync(manifest, Node("a"), Node("b"));

        Assert.Equal(
            isTold,
            forecast.Notices.Contains(
                "Its learners share no folder, unlike in FfDL: each has a `/job` of its own, with the data and the model."
            )
        );
    }

    [Theory]
    [InlineData(Own)]
    [InlineData(Ffdl)]
    public async Task Where_one_node_stands_in_for_all_the_run_s_notices_say_so(string manifest)
    {
        _options.SingleNodeStandIn = true;

        var forecast = await ForecastAsync(manifest, Node("a", isOwn: true));

        Assert.Empty(forecast.Problems);
        Assert.Contains("It asks for 2 nodes; one node stands in for all of them.", forecast.Notices);
        Assert.Equal(1, _options.LearnersOf(Parse(manifest).Manifest!));
        Assert.False(Needs(manifest).MeetsPeers);
    }

    [Theory]
    [InlineData(Own, "nodes: 2", "nodes: 1")]
    [InlineData(Ffdl, "learners: 2", "learners: 1")]
    public async Task One_node_is_what_one_machine_has(string manifest, string several, string one)
    {
        var forecast = await ForecastAsync(manifest.Replace(several, one), Node("a", isOwn: true));

        Assert.Empty(forecast.Problems);
        Assert.DoesNotContain(forecast.Notices, notice => notice.Contains("nodes"));
    }

    [Theory]
    [InlineData(Own, "nodes: 2", "nodes: 65")]
    [InlineData(Ffdl, "learners: 2", "learners: 65")]
    public void More_than_sixty_four_are_refused_everywhere(string manifest, string several, string many)
    {
        var problem = Assert.Single(ManifestParser.Parse(manifest.Replace(several, many)).Errors);

        Assert.Equal("out_of_range", problem.Code);
    }

    [Theory]
    [InlineData("none", false)]
    [InlineData("public", false)]
    [InlineData("guarded", true)]
    [InlineData("all", true)]
    [InlineData(null, true)]
    public void A_node_whose_commands_cannot_reach_the_others_is_none_for_them(string? network, bool could)
    {
        var node = new NodeProvides(0, Facts with { Network = network });

        Assert.Equal(could, NodeMatch.Could(node, Needs(Own)));
        Assert.True(NodeMatch.Could(node, Needs(Own.Replace("nodes: 2", "nodes: 1"))));
        Assert.Equal(
            could ? [] : [$"needs a network between its nodes, has the network '{network}'"],
            NodeMatch.Lacks(node, Needs(Own)).Select(lack => lack.ToString())
        );
    }

    private static NodeCapabilities Facts { get; } =
        new()
        {
            Cpus = 64,
            MemoryBytes = 1L << 40,
            Pythons = [],
            CpuStandIn = true,
        };

    private PoolNode Node(string name, bool isOwn = false) =>
        new()
        {
            Name = name,
            Gpus = 0,
            Slots = 2,
            LeasedSlots = 0,
            SeenAt = _time.GetUtcNow(),
            IdleSince = _time.GetUtcNow(),
            IsRetired = false,
            Facts = Facts with { IsServiceMachine = isOwn },
        };

    private RunNeeds Needs(string manifest) =>
        RunNeeds.Of(Parse(manifest).Manifest!, Manifests.Frameworks.FrameworkCatalog.Default, _options.Relaxations);

    private Task<PlacementForecast> ForecastAsync(string manifest, params PoolNode[] nodes)
    {
        var parsed = Parse(manifest);
        return Placements.In(nodes, _options, _time).ForecastAsync(parsed.Manifest!, parsed.Keys, default);
    }

    private static ManifestParseResult Parse(string manifest)
    {
        var parsed = ManifestParser.Parse(manifest);
        Assert.Empty(parsed.Errors);
        return parsed;
    }
}
