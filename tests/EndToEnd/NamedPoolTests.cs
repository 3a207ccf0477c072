using Trainyard.Contracts.Runs;
using Trainyard.EndToEnd.Harness;
using Trainyard.Tests.Shared;

namespace Trainyard.EndToEnd;

/// <summary>Pools that manifests name, and labels that they require, with the service's own machine as the one node.</summary>
public sealed class NamedPoolTests : IAsyncLifetime
{
    private readonly Model _model = new();
    private Service _service = null!;

    public async Task InitializeAsync()
    {
        _service = await Service.Start(
            ("Pool__Names", "lab"),
            ("Agent__Pool", "lab"),
            ("Agent__Labels", "disk=ssd,rack=7")
        );
        _service.Bucket("data");
        _service.Bucket("results");
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        _model.Dispose();
    }

    [Fact]
    public async Task A_run_goes_to_the_pool_that_it_names_and_to_the_node_with_the_labels_that_it_requires()
    {
        var elsewhere = await _service.Bx.Train(_model.Folder, _model.Manifest("true"));
        var id = await TrainAsync("pool: lab\nrequires: {rack: 7, disk: ssd}\n");

        Assert.Equal(RunState.Completed, (await _service.WaitForEnd(id)).Entity.Status.State);
        var shown = await _service.Bx.Run("ml", "show", "training-runs", id);
        Assert.Contains(
            shown.Out,
            line =>
                line.StartsWith("Pool ", StringComparison.Ordinal) && line.EndsWith(" lab", StringComparison.Ordinal)
        );
        Assert.Contains(shown.Out, line => line.EndsWith(" disk=ssd, rack=7", StringComparison.Ordinal));

        // Nothing takes what waits in the service's own pool.
        var waiting = (await _service.Run(elsewhere)).Entity.Status;
        Assert.Equal((RunState.Pending, "no_node"), (waiting.State, waiting.Reason?.Code));

        await RefusedAsync(
            "pool: lab\nrequires: {disk: hdd}\n",
            "needs the label disk=hdd; this service has one machine, with disk=ssd"
        );
        await RefusedAsync("pool: attic\n", "There is no pool 'attic'");
    }

    private Task<string> TrainAsync(string more) => _service.Bx.Train(_model.Folder, Manifest(more));

    private async Task RefusedAsync(string more, string words)
    {
        var train = await _service.Bx.Run("ml", "train", _model.Folder, Manifest(more));
        Assert.NotEqual(0, train.ExitCode);
        Assert.Contains(words, train.ToString());
    }

    private string Manifest(string more) =>
        _model.File("named.yaml", $"{File.ReadAllText(_model.Manifest("true"))}\n{more}");
}
