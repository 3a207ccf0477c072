using System.Globalization;
using System.Text;
using Trainyard.Contracts.Runs;
using Trainyard.EndToEnd.Harness;
using Trainyard.Tests.Shared;

namespace Trainyard.EndToEnd;

/// <summary>SIGKILL to the agent: another attempt goes on from what the first one saved.</summary>
public sealed class LostNodeTests : IAsyncLifetime
{
    private readonly Model _model = new();
    private readonly Gate _gate = new();
    private Service _service = null!;

    private string Train =>
        $"""
            if [ -e "$CHECKPOINT_DIR/step" ]; then
              cp "$CHECKPOINT_DIR/step" "$RESULT_DIR/continued.txt"
            else
              echo 41 > "$CHECKPOINT_DIR/step"
              python3 gate.py {_gate.Port} first
            fi
            """;

    private string Agent => Path.Combine(_service.Home, "agent");

    public async Task InitializeAsync()
    {
        _service = await Service.Start(
            ("Pool__LeaseDuration", "00:00:05"),
            ("Pool__HeartbeatInterval", "00:00:00.5"),
            ("Pool__Slots", "1"),
            ("Manifests__MinCheckpointInterval", "00:00:01")
        );
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
    public async Task A_run_whose_agent_was_killed_goes_on_from_its_checkpoint_and_completes()
    {
        var manifest = _model.Manifest(Train);
        await File.AppendAllTextAsync(manifest, "\ncheckpoint:\n  path: state\n  interval: 1s\n");
        var id = await _service.Bx.Train(_model.Folder, manifest);
        using var held = await _gate.Arrival();
        await Eventually.Be("a checkpoint is saved", IsSaved, TimeSpan.FromSeconds(120), AgentLog);

        var pid = await File.ReadAllTextAsync(Path.Combine(Agent, "agent.pid"));
        ProcessFamily.KillOne(int.Parse(pid, CultureInfo.InvariantCulture));

        var run = await _service.WaitForEnd(id, seconds: 120);
        Assert.Equal((RunState.Completed, 2), (run.Entity.Status.State, run.Entity.Status.Attempt));
        Assert.Equal("41\n", await Stored(id, "continued.txt"));
        Assert.Equal("41\n", await Stored(id, "state/step"));
        var log = await Stored(id, "learner-1/training-log.txt");
        Assert.Matches(@"\nRestored a checkpoint of \S+Z: 1 files, 3 bytes\.\n", log);
        Assert.True(_gate.NobodyWaits, "The second attempt began anew.");
        Assert.DoesNotContain("41\n", Blobs());
    }

    private bool IsSaved() => AgentLog().Contains("saved a checkpoint of 1 files, 3 bytes", StringComparison.Ordinal);

    private string AgentLog()
    {
        var file = Path.Combine(Agent, "agent.log");
        return File.Exists(file) ? File.ReadAllText(file) : "";
    }

    /// <summary>What the service still keeps of the run itself.</summary>
    private IEnumerable<string> Blobs() =>
        FilesInUse
            .FilesBelow(Path.Combine(_service.Home, "blobs"))
            .Select(file => Encoding.UTF8.GetString(FilesInUse.Read(file)));

    private Task<string> Stored(string id, string path) =>
        File.ReadAllTextAsync(Path.Combine(_service.Bucket("results"), id, path));
}
