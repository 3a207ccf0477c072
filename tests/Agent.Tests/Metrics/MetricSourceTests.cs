using System.Text.Json;
using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Tests.Metrics;

/// <summary>Each form of <c>evaluation_metrics</c>, with a real agent and a real command.</summary>
public sealed class MetricSourceTests
{
    private const string Stored = "learner-1/evaluation-metrics.txt";

    private static readonly NodeMetricGroup Loss = RegexExtractorTests.Group(
        "train",
        @"step %{INT:step}:\nloss %{FLOAT:loss}",
        ["step"],
        ["loss"]
    );

    [Theory]
    [InlineData(null, "train")]
    [InlineData("$JOB_STATE_DIR/logs/training-log.txt", "train")]
    [InlineData("${LOG_DIR}/own/lines.txt", "file")]
    public async Task Expressions_read_the_log_or_the_file_that_is_named(string? place, string group)
    {
        var run = await RunAsync(
            "mkdir $LOG_DIR/own; (echo step 1:; echo loss 0.5) | tee $LOG_DIR/own/lines.txt",
            new NodeMetrics
            {
                Type = "regex_extractor",
                In = place,
                Groups = [Loss with { Name = group }],
            }
        );

        Assert.Equal([$"{group} loss=0.5"], Records(run));
        Assert.Equal(run.MetricsText, run.StagedText(Stored));
    }

    [Fact]
    public async Task Lines_of_a_match_are_as_many_as_the_manifest_says()
    {
        var run = await RunAsync(
            "echo step 1:; echo loss 0.5",
            new NodeMetrics
            {
                Type = "regex_extractor",
                LineLookahead = 1,
                Groups = [Loss],
            }
        );

        Assert.Empty(run.MetricsText);
    }

    [Theory]
    [InlineData(null, "$LOG_DIR/tb/train")]
    [InlineData("$JOB_STATE_DIR/logs/tb", "$LOG_DIR/tb/train")]
    [InlineData("$LOG_DIR/other/train", "$LOG_DIR/other/train")]
    public async Task Event_files_of_TensorBoard_are_read(string? place, string folder)
    {
        var run = await RunAsync(
            $"mkdir -p {folder}; cp events {folder}/events.out.tfevents.1.host",
            new NodeMetrics { Type = "tensorboard", In = place },
            draft => draft.Binaries["events"] = EventFileWriter.Scalars(1_795_774_272, 3, ("loss", 0.5))
        );

        Assert.Equal(["train loss=0.5"], Records(run));
    }

    [Fact]
    public async Task Another_file_of_records_is_followed_beside_the_usual_one()
    {
        const string record = """{"grouplabel":"G","values":{"loss":{"type":3,"value":"1"}}}""";
        var run = await RunAsync(
            $"cd $LOG_DIR; echo '{record.Replace('G', 'a')}' >evaluation-metrics.txt; mkdir m; echo '{record.Replace('G', 'b')}' >m/own.txt",
            new NodeMetrics { Type = "emetrics_file", In = "$LOG_DIR/m/own.txt" }
        );

        Assert.Equal(["a loss=1", "b loss=1"], Records(run).Order());
    }

    [Fact]
    public async Task With_the_type_logger_there_are_no_metrics_and_progress_is_told_all_the_same()
    {
        var run = await RunAsync(
            """echo '{"values":{"a":1}}' >$LOG_DIR/evaluation-metrics.txt; echo '::metrics {"loss": 1}'; echo ::progress 1/4""",
            new NodeMetrics { Type = "logger" }
        );

        Assert.Empty(run.MetricsText);
        Assert.Equal(25, run.Progress.Last().Percent);
    }

    [Fact]
    public async Task A_program_without_a_library_prints_its_metrics_and_how_far_it_is()
    {
        var run = await RunAsync(
            """for i in 1 2 3 4; do echo "::metrics {\"step\": $i, \"loss\": 0.$i}"; echo "::progress $i/4"; done"""
        );

        Assert.Equal(["train loss=0.1", "train loss=0.2", "train loss=0.3", "train loss=0.4"], Records(run));
        Assert.Equal(run.MetricsText, run.StagedText(Stored));
        Assert.Contains("::progress 4/4", run.LogText);
        var last = run.Progress.Last();
        Assert.Equal((4L, 4L, 100.0, 0.0), (last.Step, last.Steps, last.Percent, last.SecondsLeft));
    }

    [Fact]
    public async Task The_list_that_IBM_s_helper_leaves_is_read_when_the_command_has_ended()
    {
        var run = await RunAsync("""echo '[{"steps": 5, "accuracy": 0.5}]' >$RESULT_DIR/val_dict_list.json""");

        Assert.Equal(["test accuracy=0.5"], Records(run));
    }

    private static async Task<FakeRun> RunAsync(
        string command,
        NodeMetrics? metrics = null,
        Action<RunDraft>? change = null
    )
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent();
        var (run, report) = await harness.RunAsync(
            command,
            draft =>
            {
                draft.Metrics = metrics;
                change?.Invoke(draft);
            }
        );
        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        return run;
    }

    private static IEnumerable<string> Records(FakeRun run) =>
        run
            .MetricsText.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Select(record => $"{record.GetProperty("grouplabel")} {Values(record.GetProperty("values"))}");

    private static string Values(JsonElement values) =>
        string.Join(' ', values.EnumerateObject().Select(v => $"{v.Name}={v.Value.GetProperty("value")}"));
}
