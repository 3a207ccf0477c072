using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;

namespace Trainyard.Agent.Tests;

/// <summary>Runs from the lease to the completion, with a real agent and real shells.</summary>
public sealed class WholeRuns
{
    [Theory]
    [MemberData(nameof(Sandbox.All), MemberType = typeof(Sandbox))]
    public async Task A_run_gets_its_data_and_leaves_its_log_metrics_and_results(string sandbox)
    {
        await using var house = await AgentHouse.OpenAsync();
        house.StartAgent(sandbox);

        const string command =
            "cat ${DATA_DIR}/sub/numbers.txt > $RESULT_DIR/model/copy.txt; bash train.sh; echo wrong >&2; "
            + """echo '{"values":{"loss":1}}' >> $LOG_DIR/evaluation-metrics.txt; mkdir $LOG_DIR/tb; echo x > $LOG_DIR/tb/events""";
        var (run, report) = await house.RunAsync(
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
}
