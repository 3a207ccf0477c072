using System.Security.Cryptography;
using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.EndToEnd.Harness;
using Trainyard.Tests.Shared;

namespace Trainyard.EndToEnd;

/// <summary>SIGKILL to the service at the moments that matter: every run ends as it would have.</summary>
public sealed class KilledServiceTests : IAsyncLifetime
{
    // So many that the service is killed among them: to store one takes about a millisecond.
    private const int Files = 1200;

    // Each file's own content, and the sums of all, so that half a file cannot pass.
    private static readonly string WriteManyFiles = $$"""
        import hashlib, os

        folder = os.path.join(os.environ["RESULT_DIR"], "model")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(os.environ["RESULT_DIR"], "SHA256SUMS"), "w") as sums:
            for number in range({{Files}}):
                content = os.urandom(50_000 + number)
                with open(os.path.join(folder, f"part-{number:04}.bin"), "wb") as file:
                    file.write(content)
                sums.write(f"{hashlib.sha256(content).hexdigest()}  model/part-{number:04}.bin\n")
        """;

    private const string Steps = """
        import os, time

        for step in range(10):
            with open(os.path.join(os.environ["RESULT_DIR"], "model", f"{step}.txt"), "w") as file:
                file.write(str(step) * 100_000)
            print("step", step, flush=True)
            time.sleep(0.1)
        """;

    private readonly Model _model = new();
    private readonly Gate _gate = new();
    private Service _service = null!;

    public async Task InitializeAsync()
    {
        _service = await Service.Start(
            ("Pool__Slots", "1"),
            ("Pool__LeaseDuration", "00:00:03"),
            ("Pool__HeartbeatInterval", "00:00:00.5")
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
    public async Task A_service_that_is_told_twice_to_stop_cuts_off_what_runs_and_loses_no_run()
    {
        var id = await _service.Bx.Train(_model.Folder, Gated("first"));
        using var holding = await _gate.Arrival();
        using var slow = await UnfinishedSubmission.Begin(_service);

        _service.Signal("INT");
        await _service.WaitForLine("Told to stop: ");
        _service.Signal("TERM");

        await _service.WaitForLine("Told again to stop: ");
        Assert.Equal(0, await _service.WaitForExit());
        Assert.Contains("503", await slow.Answer());
        await _service.Start();
        await holding.LetGo();
        await AssertCompletes(id);
        Assert.True(_gate.NobodyWaits, "The command ran twice.");
    }

    [Fact]
    public async Task A_run_that_was_queued_runs_once_and_completes()
    {
        var first = await _service.Bx.Train(_model.Folder, Gated("first"));
        using var holding = await _gate.Arrival();
        var second = await _service.Bx.Train(_model.Folder, Gated("second"));
        await _service.WaitForRun(second, run => run.Entity.Status.Phase == "QUEUED", "is queued");

        await _service.Kill();
        await _service.Start();
        await holding.LetGo();

        using var next = await _gate.Arrival();
        Assert.Equal("second", next.Name);
        await next.LetGo();
        await AssertCompletes(first);
        await AssertCompletes(second);
        Assert.True(_gate.NobodyWaits, "A command ran twice.");
    }

    [Theory]
    [InlineData("while the service is away")]
    [InlineData("after the service is back")]
    public async Task A_run_that_was_training_goes_on_and_completes(string ends)
    {
        var id = await _service.Bx.Train(_model.Folder, Gated("training"));
        using var held = await _gate.Arrival();

        await _service.Kill();
        if (ends.StartsWith("while"))
        {
            await held.LetGo();
            await _service.Start();
        }
        else
        {
            await _service.Start();
            await held.LetGo();
        }

        var run = await AssertCompletes(id);
        Assert.Equal(1, run.Entity.Status.Attempt);
        Assert.True(_gate.NobodyWaits, "The command ran twice.");
        var log = await File.ReadAllTextAsync(Path.Combine(Folder(id), "learner-1", "training-log.txt"));
        Assert.Single(log.Split('\n'), "before the gate");
        Assert.Single(log.Split('\n'), "after the gate");
    }

    [Fact]
    public async Task A_monitor_goes_on_where_the_killed_service_stopped_and_prints_each_line_once()
    {
        var id = await _service.Bx.Train(_model.Folder, Gated("training"));
        using var held = await _gate.Arrival();
        await using var monitor = _service.Bx.Start("ml", "monitor", "training-runs", id);
        await monitor.WaitForLine(line => line == "before the gate", TimeSpan.FromSeconds(30));

        await _service.Kill();
        await _service.Start();
        await held.LetGo();

        Assert.True(await monitor.WaitForExit(TimeSpan.FromSeconds(90)) == 0, monitor.Output);
        Assert.Single(monitor.OutputLines, "before the gate");
        Assert.Single(monitor.OutputLines, "after the gate");
        Assert.Single(monitor.OutputLines, "Status: COMPLETED");
    }

    [Fact]
    public async Task A_run_whose_node_dies_is_tried_again()
    {
        var id = await _service.Bx.Train(_model.Folder, Gated("training"));
        using var lost = await _gate.Arrival();

        _service.KillAgent();

        using var again = await _gate.Arrival();
        await again.LetGo();
        var run = await AssertCompletes(id);
        // Before its first heartbeat a node's run is given to it again as the same attempt, later as the next one.
        Assert.InRange(run.Entity.Status.Attempt, 1, 2);
        var log = await File.ReadAllLinesAsync(Path.Combine(Folder(id), "learner-1", "training-log.txt"));
        Assert.Single(log, "after the gate");
        Assert.True(File.Exists(Path.Combine(Folder(id), "done.txt")), "No results.");
    }

    [Fact]
    public async Task A_run_whose_results_were_being_stored_has_every_file_whole()
    {
        _model.Add("write.py", WriteManyFiles);
        var id = await _service.Bx.Train(_model.Folder, _model.Manifest("python3 write.py"));
        await Eventually.Be(
            "a file is stored",
            () => StoredModelFiles(id) > 0,
            TimeSpan.FromSeconds(60),
            () => string.Join('\n', _service.Messages)
        );

        await _service.Kill();
        var storedBefore = StoredModelFiles(id);
        Assert.True(storedBefore < Files, "All was stored before the kill: it hit nothing.");
        await _service.Start();

        await AssertCompletes(id);
        var sums = await File.ReadAllLinesAsync(Path.Combine(Folder(id), "SHA256SUMS"));
        Assert.Equal(Files, sums.Length);
        foreach (var line in sums)
        {
            var (sum, path) = (line[..64], line[66..]);
            var content = await File.ReadAllBytesAsync(Path.Combine(Folder(id), path));
            Assert.Equal(sum, Convert.ToHexStringLower(SHA256.HashData(content)));
        }

        Assert.Equal(Files, StoredModelFiles(id));
    }

    // The pause is no wait for anything: it is the moment of the kill, somewhere between submit and the end.
    [Theory]
    [InlineData(0)]
    [InlineData(200)]
    [InlineData(500)]
    [InlineData(900)]
    [InlineData(1400)]
    [InlineData(2000)]
    public async Task A_kill_at_any_moment_changes_nothing_about_the_end(int milliseconds)
    {
        _model.Add("steps.py", Steps);
        var id = await _service.Bx.Train(_model.Folder, _model.Manifest("python3 steps.py"));

        await Task.Delay(milliseconds);
        await _service.Kill();
        await _service.Start();

        var run = await AssertCompletes(id);
        Assert.Equal(1, run.Entity.Status.Attempt);
        var log = await File.ReadAllLinesAsync(Path.Combine(Folder(id), "learner-1", "training-log.txt"));
        Assert.Equal(
            Enumerable.Range(0, 10).Select(step => $"step {step}"),
            log.Where(line => line.StartsWith("step "))
        );
        for (var step = 0; step < 10; step++)
        {
            var content = await File.ReadAllTextAsync(Path.Combine(Folder(id), "model", $"{step}.txt"));
            Assert.Equal(string.Concat(Enumerable.Repeat($"{step}", 100_000)), content);
        }
    }

    private int StoredModelFiles(string id) =>
        Directory.Exists(Path.Combine(Folder(id), "model"))
            ? Directory.GetFiles(Path.Combine(Folder(id), "model")).Length
            : 0;

    private string Folder(string id) => Path.Combine(_service.Bucket("results"), id);

    private string Gated(string name) =>
        _model.Manifest(
            $"""
            echo before the gate
            python3 gate.py {_gate.Port} {name}
            echo after the gate
            echo done > "$RESULT_DIR/done.txt"
            """,
            name
        );

    private async Task<RunResource> AssertCompletes(string id)
    {
        var run = await _service.WaitForEnd(id, seconds: 90);
        Assert.True(
            run.Entity.Status.State == RunState.Completed,
            $"{JsonSerializer.Serialize(run.Entity.Status, WireJson.Options)}\n{string.Join('\n', _service.Messages)}"
        );
        return run;
    }
}
