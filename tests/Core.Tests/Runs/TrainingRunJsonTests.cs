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
    public void A_record_has_its_times_from_the_first_as_it_is_written()
    {
        var run = Samples.RunIn(RunPhase.Queued).MoveTo(RunPhase.Failed, null, Samples.Start.AddTicks(12_345_678));

        var text = JsonSerializer.Serialize(run, WireJson.Options);

        Assert.Equal(JsonSerializer.Deserialize<TrainingRun>(text, WireJson.Options)!.FinishedAt, run.FinishedAt);
    }
}
