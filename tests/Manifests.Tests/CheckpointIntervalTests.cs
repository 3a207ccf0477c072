using Trainyard.Manifests.Model;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Text;

namespace Trainyard.Manifests.Tests;

/// <summary>How often a manifest may have its checkpoint saved.</summary>
public sealed class CheckpointIntervalTests
{
    [Theory]
    [InlineData("59s")]
    [InlineData("0s")]
    [InlineData("1d1s")]
    public void An_interval_out_of_the_range_is_refused_with_the_range(string interval) =>
        Refused(interval, null, "1m to 1d");

    [Fact]
    public void The_operator_may_allow_a_shorter_one()
    {
        var limits = new ManifestLimits { MinCheckpointInterval = TimeSpan.FromSeconds(2) };

        Assert.Equal(TimeSpan.FromSeconds(2), Parse("2s", limits).Manifest?.Checkpoint?.Interval);
        Refused("1s", limits, "2s to 1d");
    }

    [Fact]
    public void The_operator_may_demand_a_longer_one()
    {
        var limits = new ManifestLimits { MinCheckpointInterval = TimeSpan.FromMinutes(10) };

        Refused("9m59s", limits, "10m to 1d");
        Assert.Equal(TimeSpan.FromMinutes(10), Parse(null, limits).Manifest?.Checkpoint?.Interval);
    }

    private static void Refused(string interval, ManifestLimits? limits, string range)
    {
        var error = Assert.Single(Parse(interval, limits).Errors);
        Assert.Equal((ManifestCodes.OutOfRange, "checkpoint.interval"), (error.Code, error.Path));
        Assert.StartsWith(range + ",", error.Allowed, StringComparison.Ordinal);
    }

    private static ManifestParseResult Parse(string? interval, ManifestLimits? limits)
    {
        var line = interval is null ? "" : $"  interval: {interval}";
        return ManifestParser.Parse(
            $$$"""
            model_definition:
              name: test
              framework: {name: python, version: "3"}
              execution: {command: "true", compute_configuration: {name: small}}
            training_data_reference: {type: file, source: {bucket: data}}
            training_results_reference: {type: file, target: {bucket: results}}
            checkpoint:
              path: state
            {{{line}}}
            """,
            limits
        );
    }
}
