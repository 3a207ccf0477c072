using System.Collections.Concurrent;
using Trainyard.Agent.Transfers;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests.Transfers;

/// <summary>What a run's owner reads of the download.</summary>
public sealed class DownloadProgressTests
{
    [Fact]
    public void A_download_says_how_far_it_is_how_fast_and_how_long_it_takes()
    {
        var progress = new DownloadProgress();
        progress.Listed(3L << 20);
        progress.Listed(1L << 30);
        progress.Came(3L << 20);
        progress.Finished();

        Assert.Equal(
            "1 of at least 2 objects, 3.0 MiB of at least 1.0 GiB, 1.0 MiB/s",
            ProgressText.Of(progress.Read(), 1 << 20)
        );
        progress.EndListing();
        Assert.Equal(
            "1 of 2 objects, 3.0 MiB of 1.0 GiB, 10.0 MiB/s, about 102 s left",
            ProgressText.Of(progress.Read(), 10 << 20)
        );
        Assert.Equal("1 of 2 objects, 3.0 MiB of 1.0 GiB, 0 bytes/s", ProgressText.Of(progress.Read(), 0));
    }

    [Fact]
    public void What_is_lost_or_left_out_is_not_counted()
    {
        var progress = new DownloadProgress();
        progress.Listed(100);
        progress.Listed(50);
        progress.EndListing();
        progress.Came(80);
        progress.Lost(80);
        progress.Skipped(50);
        progress.Shared(100);

        var state = progress.Read();

        Assert.Equal((1, 100, 0), (state.ListedObjects, state.Bytes, state.BytesToCome));
        Assert.Equal(
            "0 objects, 0 bytes in 2.0 s (0 bytes/s); 1 objects, 100 bytes, were on the node already",
            ProgressText.Of(state, TimeSpan.FromSeconds(2))
        );
    }

    [Fact]
    public async Task It_is_told_after_a_while_and_then_less_and_less_often()
    {
        var (progress, time, told) = (new DownloadProgress(), new ManualTime(), new ConcurrentQueue<string>());
        using var ended = new CancellationTokenSource();
        var reports = new DownloadReports(progress, told.Enqueue, time).RunAsync(ended.Token);
        progress.Listed(1000);
        progress.EndListing();

        progress.Came(500);
        time.Advance(TimeSpan.FromSeconds(5));
        await Eventually.Be("the first", () => told.Count == 1, TimeSpan.FromSeconds(30));
        progress.Came(100);
        var seconds = 0;
        // When the next wait begins is the task's own affair.
        await Eventually.Be(
            "the second",
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                seconds++;
                return told.Count >= 2;
            },
            TimeSpan.FromSeconds(30)
        );
        await ended.CancelAsync();

        Assert.True(await reports);
        Assert.Equal("0 of 1 objects, 500 bytes of 1,000 bytes, 100 bytes/s, about 5.0 s left", told.First());
        Assert.StartsWith("0 of 1 objects, 600 bytes of 1,000 bytes, ", told.ElementAt(1));
        Assert.True(seconds >= 10, $"{seconds}");
    }

    [Theory]
    [InlineData(0, "0.0 s")]
    [InlineData(45, "45 s")]
    [InlineData(600, "10 min")]
    [InlineData(36_000, "10.0 h")]
    public void Durations_are_as_exact_as_anybody_reads(double seconds, string text) =>
        Assert.Equal(text, ProgressText.Duration(TimeSpan.FromSeconds(seconds)));
}
