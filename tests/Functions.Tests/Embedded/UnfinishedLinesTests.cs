using System.Text;
using Trainyard.Contracts;
using Trainyard.Core.Stores;
using Trainyard.Functions.Http.Streaming;

namespace Trainyard.Functions.Tests;

/// <summary>Followers and unfinished lines.</summary>
public sealed class UnfinishedLinesTests
{
    [Fact]
    public async Task A_line_of_a_log_that_stands_for_a_second_is_sent_as_it_is_and_one_of_the_metrics_is_not()
    {
        await using var host = await RunsHost.StartAsync();
        var blobs = host.Get<IBlobStore>();
        var name = BlobName.Parse("log");
        // The second byte of the é is missing.
        await blobs.AppendAsync(name, 0, "half a line \u00e9"u8.ToArray().AsMemory()[..^1], default);
        var log = new RunOutput(blobs, name, 0, OutputParts.Updates, host.Time);
        var metrics = new RunOutput(blobs, name, 0, OutputParts.Lines, host.Time);
        Assert.Equal("", await ReadAsync(log));
        Assert.Equal("", await ReadAsync(metrics));

        host.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("half a line ", await ReadAsync(log));
        Assert.Equal("", await ReadAsync(metrics));
        Assert.Equal("", await ReadAsync(log));
    }

    private static async Task<string> ReadAsync(RunOutput output) =>
        Encoding.UTF8.GetString((await output.ReadAsync(isFinal: false, CancellationToken.None)).Span);
}
