using Xunit.Abstractions;

namespace Trainyard.Chaos;

/// <summary>A minute of the campaign at every run of the tests; longer ones are started by hand.</summary>
public sealed class CampaignTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_minute_of_faults_loses_doubles_and_leaves_nothing()
    {
        var options = new CampaignOptions
        {
            Seed = 20261127,
            Duration = TimeSpan.FromMinutes(1),
            LiveRuns = 30,
        };

        var report = await Campaign.RunAsync(options, TextWriter.Null, CancellationToken.None);

        output.WriteLine($"{report}");
        Assert.True(report.Violations.Count == 0, $"{report}");
        Assert.NotEmpty(report.Faults);
        Assert.Contains(report.Runs, run => run.State == "completed");
    }
}
