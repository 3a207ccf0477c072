using Trainyard.Contracts;
using Trainyard.Contracts.Nodes;
using Trainyard.Contracts.Runs;
using Trainyard.EndToEnd.Harness;
using Trainyard.Tests.Shared;

namespace Trainyard.EndToEnd;

/// <summary>On a machine without GPUs and frameworks of 2018: what manifests ask for is had, told to be lacking, or refused.</summary>
public sealed class MatchingTests : IAsyncLifetime
{
    // No accelerator of the machine that runs these tests, whatever it has.
    private static readonly (string, string) NoGpus = ("CUDA_VISIBLE_DEVICES", "");

    private readonly Model _model = new();
    private Service _service = null!;

    public async Task InitializeAsync()
    {
        _service = await Service.Start(NoGpus);
        _service.Bucket("data");
        _service.Bucket("results");
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        _model.Dispose();
    }

    [Fact]
    public async Task What_the_one_machine_never_has_is_refused_with_what_it_has()
    {
        var node = await NodeAsync();
        Assert.Equal((0, true, true), (node.Gpus, node.Provides!.IsServiceMachine, node.Provides.CpuStandIn));

        await RefusedAsync("theano, version: \"0.9\"", "small", "framework_not_installed", "needs theano 0.9;");
        await RefusedAsync(
            "python, version: \"3\"",
            "{cpus: 1000, memory: 64 MB}",
            "compute_not_available",
            "needs 1000 CPUs;"
        );
        await RefusedAsync(
            "python, version: \"3\"",
            "{cpus: 1, memory: 16 TiB}",
            "compute_not_available",
            "of memory;"
        );
        await RefusedAsync(
            "tensorflow, version: \"1.5\"",
            "{name: small, nodes: 2}",
            "nodes_not_offered",
            "asks for 2 nodes"
        );
    }

    [Fact]
    public async Task A_run_for_GPUs_runs_on_the_CPU_and_that_is_said_wherever_one_looks()
    {
        await NodeAsync();
        const string notice = "The run asked for 2 GPUs of the type v100; this node has none: it runs on the CPU.";

        var train = await _service.Bx.Run("ml", "train", _model.Folder, Manifest("python, version: \"3\"", "v100x2"));
        Assert.True(train.ExitCode == 0, train.ToString());
        Assert.Contains($"notice: {notice}", train.Error);
        var id = train.Out.Single(line => line.StartsWith("Model-ID is", StringComparison.Ordinal)).Split('\'')[1];

        var run = await _service.WaitForEnd(id);
        Assert.Equal(RunState.Completed, run.Entity.Status.State);
        Assert.Contains(notice, run.Entity.Notices!);
        var shown = await _service.Bx.Run("ml", "show", "training-runs", id);
        Assert.Contains(shown.Out, line => line.EndsWith(notice, StringComparison.Ordinal));
        var log = await File.ReadAllLinesAsync(
            Path.Combine(_service.Bucket("results"), id, "learner-1", "training-log.txt")
        );
        Assert.Equal(notice, log[0]);
    }

    [Fact]
    public async Task A_drained_node_lets_runs_wait_with_the_reason_over_a_restart_until_it_is_undrained()
    {
        var node = (await NodeAsync()).Name;
        var drained = await _service.Bx.Run("ml", "nodes", "drain", node);
        Assert.True(drained.ExitCode == 0, drained.ToString());
        var id = await _service.Bx.Train(_model.Folder, Manifest("python, version: \"3\"", "small"));
        await WaitsAsync(id);
        await _service.KillEverything();
        await _service.Start();
        await NodeAsync("drained");
        await WaitsAsync(id);
        var removed = await _service.Bx.Run("ml", "nodes", "remove", node);
        Assert.Contains("This node still asks for work: stop its agent", removed.ToString());

        var undrained = await _service.Bx.Run("ml", "nodes", "undrain", node);
        Assert.True(undrained.ExitCode == 0, undrained.ToString());
        Assert.Equal(RunState.Completed, (await _service.WaitForEnd(id)).Entity.Status.State);

        var stranger = _service.Bx.As(await _service.KeyFor("somebody-else"));
        foreach (var verb in new[] { "drain", "undrain", "remove" })
        {
            var refused = await stranger.Run("ml", "nodes", verb, node);
            Assert.Contains("Only an operator's key may do this.", refused.ToString());
        }
    }

    private Task WaitsAsync(string id) =>
        Eventually.Be(
            "the run waits for the drained node",
            async () => (await _service.Run(id)).Entity.Status.Reason?.Code == "nodes_drained",
            TimeSpan.FromSeconds(60)
        );

    private async Task RefusedAsync(string framework, string compute, string code, string words)
    {
        var train = await _service.Bx.Run("ml", "train", _model.Folder, Manifest(framework, compute));
        Assert.NotEqual(0, train.ExitCode);
        var said = train.ToString();
        Assert.Contains(words, said);
        var json = await _service.Bx.Run("ml", "train", _model.Folder, Manifest(framework, compute), "-o", "json");
        Assert.Contains(code, json.ToString());
    }

    private string Manifest(string framework, string compute) =>
        _model.File(
            "asked.yaml",
            $$"""
            model_definition:
              name: asked
              framework: {name: {{framework}}}
              execution:
                command: "true"
                compute_configuration: {{compute}}
            training_data_reference:
              type: file
              source:
                bucket: data
            training_results_reference:
              type: file
              target:
                bucket: results
            """
        );

    // The service's own, once it has told everything.
    private async Task<NodeResource> NodeAsync(string state = "ready")
    {
        NodeListResource? nodes = null;
        using var client = _service.Client();
        await Eventually.Be(
            "the machine has said what it has",
            async () =>
            {
                var text = await client.GetStringAsync(new Uri("v3/nodes", UriKind.Relative));
                nodes = System.Text.Json.JsonSerializer.Deserialize<NodeListResource>(text, WireJson.Options);
                return nodes!.Resources is [{ Provides.AreComplete: true } node] && node.State == state;
            },
            TimeSpan.FromSeconds(60)
        );
        return nodes!.Resources[0];
    }
}
