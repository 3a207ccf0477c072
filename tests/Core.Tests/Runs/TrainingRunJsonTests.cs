using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;

namespace Trainyard.Core.Tests.Runs;

public sealed class TrainingRunJsonTests
{
    [Fact]
    public void A_record_comes_back_as_it_was_written()
    {
        var run = Samples.RunIn(RunPhase.Queued) with
        {
            Attempt = 2,
            Node = "node-1",
            ExitCode = 3,
            UsageByAttempt = new Dictionary<int, RunUsage>
            {
                [1] = new()
                {
                    GpuSeconds = 1.5,
                    CpuSeconds = 3,
                    PeakMemoryBytes = 500,
                },
                [2] = new() { GpuSeconds = 2, PeakMemoryBytes = 400 },
            },
        };
        run = run.MoveTo(RunPhase.Downloading, null, Samples.Start.AddSeconds(1));

        var text = JsonSerializer.Serialize(run, WireJson.Options);
        var read = JsonSerializer.Deserialize<TrainingRun>(text, WireJson.Options)!;

        Assert.Equal(text, JsonSerializer.Serialize(read, WireJson.Options));
        Assert.Equal(RunPhase.Downloading, read.Phase);
        Assert.Equal((3.5, 3, 500), (read.Usage.GpuSeconds, read.Usage.CpuSeconds, read.Usage.PeakMemoryBytes));
        Assert.Contains("\"phase\":\"downloading\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_learners_of_an_attempt_used_adds_up_and_a_repeated_report_does_not()
    {
        var run = Samples.RunIn(RunPhase.Queued) with { Learners = 2 };
        run = run.WithUsage(1, 2, Usage(gpuSeconds: 5, commandSeconds: 8, peak: 300))
            .WithUsage(1, 1, Usage(gpuSeconds: 6, commandSeconds: 10, peak: 100))
            .WithUsage(1, 2, Usage(gpuSeconds: 7, commandSeconds: 9, peak: 400))
            .WithUsage(2, 1, Usage(gpuSeconds: 1, commandSeconds: 2, peak: 50));

        var text = JsonSerializer.Serialize(run, WireJson.Options);
        var read = JsonSerializer.Deserialize<TrainingRun>(text, WireJson.Options)!;

        Assert.Equal((14, 12, 400), (read.Usage.GpuSeconds, read.Usage.CommandSeconds, read.Usage.PeakMemoryBytes));
        Assert.Equal((1, 6), (read.UsageByAttempt[2].GpuSeconds, read.UsageByAttempt[1].GpuSeconds));
    }

    private static RunUsage Usage(double gpuSeconds, double commandSeconds, long peak) =>
        new()
        {
            GpuSeconds = gpuSeconds,
            CommandSeconds = commandSeconds,
            PeakMemoryBytes = peak,
        };

    [Fact]
    public void A_record_has_its_times_from_the_first_as_it_is_written()
    {
        var run = Samples.RunIn(RunPhase.Queued).MoveTo(RunPhase.Failed, null, Samples.Start.AddTicks(12_345_678));

        var text = JsonSerializer.Serialize(run, WireJson.Options);

        Assert.Equal(JsonSerializer.Deserialize<TrainingRun>(text, WireJson.Options)!.FinishedAt, run.FinishedAt);
    }
}
