using Trainyard.Contracts.Runs;
using Trainyard.EndToEnd.Harness;
using Trainyard.Tests.Shared;

namespace Trainyard.EndToEnd;

/// <summary>A run that gives way to another of its owner on the service's own machine.</summary>
public sealed class PreemptedRunTests : IAsyncLifetime
{
    private readonly Model _model = new();
    private readonly Gate _gate = new();
    private Service _service = null!;

    // Saves its state when it is told to stop; without that, its first attempt fails.
    private string Train =>
        $$"""
            if [ -e "$CHECKPOINT_DIR/step" ]; then
              cp "$CHECKPOINT_DIR/step" "$RESULT_DIR/continued.txt"
              exit 0
            fi
            trap 'echo 41 > "$CHECKPOINT_DIR/step"; exit 0' TERM
            python3 gate.py {{_gate.Port}} first &
            wait $!
            exit 9
            """;

    public async Task InitializeAsync()
    {
        _service = await Service.Start(("Pool__HeartbeatInterval", "00:00:00.5"), ("Pool__Slots", "1"));
        _service.Bucket("data");
        _service.Bucket("results");
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        _gate.Dispose();
        _model.Dispose();
    }

    [Fact]
    public async Task A_preemptible_run_gives_way_to_an_urgent_one_and_goes_on_from_its_checkpoint()
    {
        var id = await TrainAsync(
            "first",
            Train,
            "preemptible: true\ncheckpoint: {path: state}\nretries: {node_lost: 0, system_error: 0}\n"
        );
        using var held = await _gate.Arrival();

        var urgent = await TrainAsync("urgent", "true", "priority: high\n");

        Assert.Equal(RunState.Completed, (await _service.WaitForEnd(urgent)).Entity.Status.State);
        var status = (await _service.WaitForEnd(id)).Entity.Status;
        Assert.Equal((RunState.Completed, 2, 1), (status.State, status.Attempt, status.Preemptions));
        Assert.Contains(
            $"preempted: gave way to your run {urgent} of priority high; goes on from its last checkpoint",
            status.History.Select(phase => phase.Reason)
        );
        Assert.Equal("41\n", await Stored(id, "continued.txt"));
        Assert.Matches(
            @"\nTold to give way to another run\.\n(.*\n)*Restored a checkpoint of \S+Z: 1 files, 3 bytes\.\n",
            await Stored(id, "learner-1/training-log.txt")
        );
        Assert.True(_gate.NobodyWaits, "The second attempt began anew.");
        var shown = await _service.Bx.Run("ml", "show", "training-runs", id);
        Assert.Contains(shown.Out, line => line.EndsWith(" yes, gave way 1 time so far", StringComparison.Ordinal));
    }

    private Task<string> TrainAsync(string name, string command, string more) =>
        _service.Bx.Train(
            _model.Folder,
            _model.File($"{name}-all.yaml", $"{File.ReadAllText(_model.Manifest(command, name))}\n{more}")
        );

    private Task<string> Stored(string id, string path) =>
        File.ReadAllTextAsync(Path.Combine(_service.Bucket("results"), id, path));
}
