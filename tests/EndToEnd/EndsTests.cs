using Trainyard.Contracts.Runs;
using Trainyard.EndToEnd.Harness;

namespace Trainyard.EndToEnd;

/// <summary>However a run ends, it stays listed with its reason, and its log and results are in the bucket.</summary>
public sealed class EndsTests : IAsyncLifetime
{
    private readonly Model _model = new();
    private readonly Gate _gate = new();
    private Service _service = null!;

    private string Results => _service.Bucket("results");

    public async Task InitializeAsync()
    {
        _service = await Service.Start(("Pool__GracePeriod", "00:00:02"));
        await File.WriteAllTextAsync(Path.Combine(_service.Bucket("data"), "input.txt"), "forty-two\n");
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        _gate.Dispose();
        _model.Dispose();
    }

    [Fact]
    public async Task A_command_that_exits_3_is_an_error_that_keeps_its_log_and_partial_results()
    {
        _ = Results;
        var manifest = _model.Manifest(
            """
            echo half way
            mkdir -p "$RESULT_DIR/model"
            cp "$DATA_DIR/input.txt" "$RESULT_DIR/model/partial.txt"
            exit 3
            """
        );
        var id = await _service.Bx.Train(_model.Folder, manifest);

        var run = await _service.WaitForEnd(id);

        Assert.Equal(RunState.Error, run.Entity.Status.State);
        Assert.Equal(3, run.Entity.Status.ExitCode);
        Assert.Equal("command_failed", run.Entity.Status.Reason!.Code);
        Assert.Equal("exit 3", run.Entity.Status.Reason.Message);
        Assert.Equal("forty-two\n", await Stored(id, "model/partial.txt"));
        Assert.Contains("half way", await Stored(id, "learner-1/training-log.txt"));

        var shown = await _service.Bx.Run("ml", "show", "training-runs", id);
        Assert.Contains(shown.Out, line => line.Contains("command_failed: exit 3"));
        var listed = await _service.Bx.Run("ml", "list", "training-runs");
        Assert.Contains(listed.Out, line => line.Contains(id) && line.Contains("error"));
    }

    [Fact]
    public async Task A_canceled_run_keeps_its_log_and_partial_results()
    {
        _ = Results;
        var manifest = _model.Manifest(
            $"""
            echo begun
            echo something > "$RESULT_DIR/partial.txt"
            python3 gate.py {_gate.Port} training
            """
        );
        var id = await _service.Bx.Train(_model.Folder, manifest);
        using var held = await _gate.Arrival();

        var canceled = await _service.Bx.Run("ml", "cancel", "training-runs", id);

        Assert.True(canceled.ExitCode == 0, canceled.ToString());
        Assert.Equal([$"Canceling training for MODEL-ID '{id}'...", "OK", "Cancel training successful"], canceled.Out);
        var run = await _service.WaitForEnd(id);
        Assert.Equal(RunState.Canceled, run.Entity.Status.State);
        Assert.Equal("something\n", await Stored(id, "partial.txt"));
        Assert.Contains("begun", await Stored(id, "learner-1/training-log.txt"));
    }

    [Fact]
    public async Task A_run_whose_data_bucket_is_missing_says_so()
    {
        var manifest = await File.ReadAllTextAsync(_model.Manifest("true"));
        var id = await _service.Bx.Train(
            _model.Folder,
            _model.File("missing.yaml", manifest.Replace("bucket: data", "bucket: not-there"))
        );

        var run = await _service.WaitForEnd(id);

        Assert.Equal(RunState.Error, run.Entity.Status.State);
        Assert.Equal(Fault.User, run.Entity.Status.Reason!.Fault);
        Assert.Contains("not-there", run.Entity.Status.Reason.Message);
    }

    private Task<string> Stored(string id, string path) => File.ReadAllTextAsync(Path.Combine(Results, id, path));
}
