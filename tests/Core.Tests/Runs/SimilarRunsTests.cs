using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Manifests.Model;

namespace Trainyard.Core.Tests.Runs;

/// <summary>How long a run will probably take, by the runs like it.</summary>
public sealed class SimilarRunsTests
{
    private static readonly DateTimeOffset Begin = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

    private static readonly TrainingManifest Manifest = Samples.Manifest;

    [Theory]
    [InlineData(new[] { 10 }, 10)]
    [InlineData(new[] { 30, 10, 20 }, 20)]
    [InlineData(new[] { 40, 10, 20, 30 }, 25)]
    [InlineData(new int[0], null)]
    public void It_is_the_median_of_the_completed_ones(int[] minutes, int? median) =>
        Assert.Equal(
            median is { } expected ? TimeSpan.FromMinutes(expected) : null,
            SimilarRunDurations.Median(minutes.Select(each => Ran(Manifest, each)), Manifest)
        );

    [Fact]
    public void Only_runs_of_the_same_name_framework_and_compute_count_that_completed()
    {
        TrainingRun[] others =
        [
            Ran(Manifest with { Name = "another" }, 50),
            Ran(Manifest with { Framework = Manifest.Framework with { Version = "0.1" } }, 50),
            Ran(Manifest with { Compute = Manifest.Compute with { Gpus = 7 } }, 50),
            Ran(Manifest, 50, RunPhase.Failed),
            Ran(Manifest, 50, RunPhase.Halted),
            Queued(Manifest),
            Ran(Manifest with { Array = new() { Variables = new Dictionary<string, IReadOnlyList<string>>() } }, 50),
        ];

        Assert.Null(SimilarRunDurations.Median(others, Manifest));
        Assert.Equal(TimeSpan.FromMinutes(5), SimilarRunDurations.Median([.. others, Ran(Manifest, 5)], Manifest));
    }

    [Fact]
    public void Of_a_retried_run_the_last_attempt_counts_and_storing_takes_no_node()
    {
        var run = Queued(Manifest) with
        {
            History =
            [
                At(RunPhase.Queued, 0),
                At(RunPhase.Downloading, 100),
                At(RunPhase.Processing, 110),
                At(RunPhase.Queued, 200),
                At(RunPhase.Downloading, 300),
                At(RunPhase.Processing, 301),
                At(RunPhase.Storing, 312),
                At(RunPhase.Completed, 999),
            ],
        };

        Assert.Equal(TimeSpan.FromMinutes(12), SimilarRunDurations.Median([run], Manifest));
    }

    [Fact]
    public void A_run_that_no_node_ever_had_tells_nothing()
    {
        var run = Queued(Manifest) with { History = [At(RunPhase.Queued, 0), At(RunPhase.Completed, 5)] };

        Assert.Null(SimilarRunDurations.Median([run], Manifest));
    }

    private static TrainingRun Queued(TrainingManifest manifest) =>
        Samples.RunIn(RunPhase.Queued) with
        {
            Id = RunId.New(),
            Manifest = manifest,
            History = [At(RunPhase.Queued, 0)],
        };

    private static TrainingRun Ran(TrainingManifest manifest, int minutes, RunPhase end = RunPhase.Completed) =>
        Queued(manifest) with
        {
            History =
            [
                At(RunPhase.Queued, 0),
                At(RunPhase.Downloading, 7),
                At(RunPhase.Processing, 8),
                At(RunPhase.Storing, 7 + minutes),
                At(end, 900),
            ],
        };

    private static PhaseEntry At(RunPhase phase, int minutes) =>
        new() { Phase = phase, At = Begin.AddMinutes(minutes) };
}
