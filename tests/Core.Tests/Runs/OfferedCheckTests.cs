using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Manifests;

namespace Trainyard.Core.Tests.Runs;

/// <summary>A run that needs several nodes is refused, and never begun on one of them without a word.</summary>
public sealed class OfferedCheckTests
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

    [Theory]
    [InlineData(Own, "model_definition.execution.compute_configuration.nodes", 8)]
    [InlineData(Ffdl, "learners", 4)]
    public void Several_nodes_are_refused_at_the_key_that_asks_for_them(string manifest, string path, int line)
    {
        var problem = Assert.Single(OfferedCheck.Problems(Parse(manifest), new PoolOptions()));

        Assert.Equal("nodes_not_offered", problem.Code);
        Assert.Equal($"`{path}` asks for 2 nodes; a run gets one node here.", problem.Message);
        Assert.Equal((path, line), (problem.Path, problem.Line));
    }

    [Theory]
    [InlineData(Own)]
    [InlineData(Ffdl)]
    public void Where_one_node_stands_in_for_all_the_run_s_notices_say_so(string manifest)
    {
        var parsed = Parse(manifest);

        Assert.Empty(OfferedCheck.Problems(parsed, new PoolOptions { SingleNodeStandIn = true }));
        Assert.Contains(
            "It asks for 2 nodes; one node stands in for all of them.",
            NotOffered.NoticesOf(parsed.Manifest!)
        );
    }

    [Theory]
    [InlineData(Own, "nodes: 2", "nodes: 1")]
    [InlineData(Ffdl, "learners: 2", "learners: 1")]
    public void One_node_is_what_a_run_gets(string manifest, string several, string one)
    {
        var parsed = Parse(manifest.Replace(several, one));

        Assert.Empty(OfferedCheck.Problems(parsed, new PoolOptions()));
        Assert.Empty(NotOffered.NoticesOf(parsed.Manifest!));
    }

    private static ManifestParseResult Parse(string manifest)
    {
        var parsed = ManifestParser.Parse(manifest);
        Assert.Empty(parsed.Errors);
        return parsed;
    }
}
