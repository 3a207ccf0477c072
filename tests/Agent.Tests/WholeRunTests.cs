using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests;

/// <summary>Runs from the lease to the completion, with a real agent and real shells.</summary>
public sealed class WholeRunTests
{
    [Theory]
    [MemberData(nameof(Sandbox.All), MemberType = typeof(Sandbox))]
    public async Task A_run_gets_its_data_and_leaves_its_log_metrics_and_results(string sandbox)
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent(sandbox);

        const string command =
            "cat ${DATA_DIR}/sub/numbers.txt > $RESULT_DIR/model/copy.txt; bash train.sh; echo wrong >&2; "
            + """echo '{"values":{"loss":1}}' >> $LOG_DIR/evaluation-metrics.txt; mkdir $LOG_DIR/tb; echo x > $LOG_DIR/tb/events""";
        var (run, report) = await harness.RunAsync(
            command,
            d => d.Data.Add(new FakeObject("sub/numbers.txt", "1 2 3"u8.ToArray()))
        );

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        Assert.Equal(0, report.ExitCode);
        Assert.Equal("1 2 3", run.StagedText("model/copy.txt"));
        Assert.Equal("x\n", run.StagedText("learner-1/tb/events"));
        Assert.Equal("{\"values\":{\"loss\":1}}\n", run.MetricsText);
        Assert.Equal(run.MetricsText, run.StagedText("learner-1/evaluation-metrics.txt"));
        Assert.Equal(run.LogText, run.StagedText("learner-1/training-log.txt"));
        Assert.Contains("\ntrained\nwrong\nThe command ended with exit code 0.\n", run.LogText);
        Assert.Equal(4, report.StagedFiles);
        Assert.Equal(run.Staged.Values.Sum(b => b.LongLength), report.StagedBytes);
        Assert.Equal([RunPhase.Downloading, RunPhase.Processing], run.Phases.Select(p => p.Phase));
    }

    [Fact]
    public async Task A_metrics_file_rewritten_each_epoch_is_stored_as_it_is_and_followers_get_each_record_once()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent();

        const string command = """
            set -e; cd $LOG_DIR; end=evaluation-metrics.txt
            for epoch in 1 2 3 4; do
              : >$end
              for i in $(seq 1 $epoch); do printf '{"step":%s,"loss":NaN' $i >>$end; sleep 0.05; echo '}' >>$end; done
              sleep 0.3
            done
            (cat $end; printf '{"step":5}') >next; mv next $end
            """;
        var (run, report) = await harness.RunAsync(command);

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        var records = string.Concat(Enumerable.Range(1, 4).Select(i => $$"""{"step":{{i}},"loss":NaN}""" + "\n"));
        // Who follows gets JSON.
        Assert.Equal(records.Replace("NaN", "\"NaN\"") + "{\"step\":5}\n", run.MetricsText);
        Assert.Equal(records + "{\"step\":5}", run.StagedText("learner-1/evaluation-metrics.txt"));
    }

    [Fact]
    public async Task When_the_lines_of_the_log_were_printed_is_told_and_the_log_stays_as_it_is()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent();
        var before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

        var run = harness.Submit("printf 'first\\nsec'; until [ -e $RESULT_DIR/go ]; do sleep 0.05; done; echo ond");
        await Eventually.Be("the first line came", () => run.LogText.Contains("first\nsec"), AgentHarness.Soon);
        var between = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        // Marks are as fine as a fifth of a second.
        await Eventually.Be(
            "time passed",
            () => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() > between + 250,
            AgentHarness.Soon
        );
        await File.WriteAllTextAsync(Path.Combine(harness.AttemptFolder(run), "job", "dl-models", "go"), "");
        await harness.CompletionAsync(run);

        var marks = run
            .LogTimesText.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ').Select(long.Parse).ToArray())
            .ToList();
        Assert.Equal(0, marks[0][0]);
        Assert.Equal(marks.OrderBy(mark => mark[0]), marks);
        Assert.All(marks, mark => Assert.InRange(mark[1], before - 1, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()));
        var rest = run.LogText.LastIndexOf("ond\n", StringComparison.Ordinal);
        Assert.True(Assert.Single(marks, mark => mark[0] == rest)[1] >= between);
        Assert.True(marks.Last(mark => mark[0] < rest)[1] <= between);
        Assert.Equal(run.LogText, run.StagedText("learner-1/training-log.txt"));
    }

    [Fact]
    public async Task Metrics_whose_file_is_gone_in_the_end_are_stored_as_they_came()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent();

        var run = harness.Submit(
            "cd $LOG_DIR; echo '{}' >evaluation-metrics.txt; while [ ! -e $RESULT_DIR/go ]; do sleep 0.05; done; rm evaluation-metrics.txt"
        );
        await Eventually.Be("the record came", () => run.MetricsText == "{}\n", AgentHarness.Soon);
        await File.WriteAllTextAsync(Path.Combine(harness.AttemptFolder(run), "job", "dl-models", "go"), "");
        await harness.CompletionAsync(run);

        Assert.Equal("{}\n", run.StagedText("learner-1/evaluation-metrics.txt"));
    }
}
