using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.EndToEnd.Harness;

namespace Trainyard.EndToEnd;

/// <summary>The command line against the real service, through the whole life of a run.</summary>
public sealed class CommandsTests : IAsyncLifetime
{
    private const string Metric =
        """{"meta":{"time":1},"grouplabel":"test","etimes":{"epoch":{"type":"INT","value":"1"}},"values":{"accuracy":{"type":"FLOAT","value":"0.5"}}}""";

    private readonly Model _model = new();
    private Service _service = null!;

    public async Task InitializeAsync()
    {
        _model.Add("metric.json", Metric + "\n");
        _service = await Service.Start();
        await File.WriteAllTextAsync(Path.Combine(_service.Bucket("data"), "input.txt"), "forty-two\n");
        _service.Bucket("results");
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        _model.Dispose();
    }

    [Fact]
    public async Task A_run_is_submitted_followed_shown_listed_stored_and_deleted()
    {
        var id = await _service.Bx.Train(_model.Folder, Manifest());

        var monitor = await _service.Bx.Run("ml", "monitor", "training-runs", id);
        Assert.True(monitor.ExitCode == 0, monitor.ToString());
        Assert.Equal($"Starting to fetch status messages for model-id '{id}'", monitor.Out[0]);
        Assert.Contains("read forty-two", monitor.Out);
        Assert.Contains("Status: COMPLETED", monitor.Out);

        var show = await _service.Bx.Run("ml", "show", "training-runs", id);
        Assert.Equal(0, show.ExitCode);
        Assert.Equal($"Fetching the training runs details with MODEL-ID '{id}' ...", show.Out[0]);
        Assert.Contains(show.Out, line => line.StartsWith("State ") && line.EndsWith("completed"));
        Assert.Contains("Show training-runs details successful", show.Out);

        var list = await _service.Bx.Run("ml", "list", "trained-models");
        Assert.Contains(list.Out, line => line.Contains(id) && line.Contains("completed"));
        Assert.Contains("1 records found.", list.Out);

        var store = await _service.Bx.Run("ml", "store", "training-runs", id);
        Assert.True(store.ExitCode == 0, store.ToString());
        Assert.Contains(store.Out, line => line.StartsWith("Model store successful. Model-ID is '"));

        var delete = await _service.Bx.Run("ml", "delete", "training-runs", id);
        Assert.Equal([$"Deleting the training run '{id}' ...", "OK", "Delete training-runs successful"], delete.Out);
        var gone = await _service.Bx.Run("ml", "show", "training-runs", id);
        Assert.NotEqual(0, gone.ExitCode);
        Assert.NotEmpty(gone.Error);
        Assert.True(
            File.Exists(Path.Combine(_service.Bucket("results"), id, "model", "answer.txt")),
            "Results are gone."
        );
    }

    [Fact]
    public async Task A_command_s_words_stand_between_the_phases_in_which_it_ran()
    {
        for (var i = 0; i < 5; i++)
        {
            var shown = await _service.Bx.Run("ml", "train", "--monitor", _model.Folder, Manifest());

            Assert.True(shown.ExitCode == 0, shown.ToString());
            var at = shown.Out.Select((line, index) => (line, index)).ToLookup(l => l.line, l => l.index);
            string[] order = ["Status: PROCESSING", "read forty-two", "Status: STORING", "Status: COMPLETED"];
            // Who comes late is not told of the phases before.
            var told = order.Where(at.Contains).ToList();
            Assert.Contains("read forty-two", told);
            Assert.Equal(told, told.OrderBy(line => at[line].Single()));
        }
    }

    [Fact]
    public async Task The_suffix_of_monitor_restricts_it_to_logs_or_metrics()
    {
        var id = await _service.Bx.Train(_model.Folder, Manifest());
        await _service.WaitForEnd(id);

        var logs = await _service.Bx.Run("ml", "monitor", "training-runs", id, "logs");
        var metrics = await _service.Bx.Run("ml", "monitor", "training-runs", id, "metrics");

        Assert.Contains("read forty-two", logs.Out);
        Assert.DoesNotContain(logs.Out, line => line.Contains("accuracy"));
        Assert.Contains(metrics.Out, line => line.Contains("accuracy"));
        Assert.DoesNotContain("read forty-two", metrics.Out);
    }

    [Fact]
    public async Task Json_output_is_json_alone()
    {
        var trained = await _service.Bx.Run("ml", "train", _model.Folder, Manifest(), "--output", "json");
        var run = JsonSerializer.Deserialize<RunResource>(string.Join('\n', trained.Out), WireJson.Options)!;
        await _service.WaitForEnd(run.Metadata.Guid);

        var shown = await _service.Bx.Run("ml", "show", "training-runs", run.Metadata.Guid, "--output", "json");

        var resource = JsonSerializer.Deserialize<RunResource>(string.Join('\n', shown.Out), WireJson.Options)!;
        Assert.Equal(RunState.Completed, resource.Entity.Status.State);
    }

    [Fact]
    public async Task A_command_against_no_service_says_in_one_sentence_what_to_do()
    {
        var nobody = new Bx(_service.Home, new Uri($"http://127.0.0.1:{Tests.Shared.FreePort.Find()}"));
        var result = await nobody.Run("ml", "list", "training-runs");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Single(result.Error, line => line.Length > 0);
    }

    private string Manifest() =>
        _model.Manifest(
            """
            mkdir -p "$RESULT_DIR/model"
            cp "$DATA_DIR/input.txt" "$RESULT_DIR/model/answer.txt"
            cp metric.json "$LOG_DIR/evaluation-metrics.txt"
            echo "read $(cat "$DATA_DIR/input.txt")"
            """
        );
}
