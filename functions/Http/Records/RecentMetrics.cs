using Trainyard.Contracts.Runs;
using Trainyard.Core.Metrics;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Functions.Http.Records;

/// <summary>The last metrics of a run, for answers that show the run itself.</summary>
public sealed class RecentMetrics(IBlobStore blobs)
{
    // Some thousand records; the whole of them has a route of its own.
    private const int TailBytes = 256 * 1024;

    internal Task<IReadOnlyList<MetricRecord>> ReadAsync(TrainingRun run, CancellationToken cancellationToken) =>
        ReadAsync(run.Id, cancellationToken);

    internal async Task<IReadOnlyList<MetricRecord>> ReadAsync(RunId run, CancellationToken cancellationToken)
    {
        var name = RunBlobs.Metrics(run);
        if (await blobs.FindAsync(name, cancellationToken) is not { Bytes: > 0 } known)
        {
            return [];
        }
        var from = Math.Max(0, known.Bytes - TailBytes);
        await using var content = await blobs.OpenReadAsync(name, from, known.Bytes - from, cancellationToken);
        if (content is null)
        {
            return [];
        }
        var tail = new byte[known.Bytes - from];
        var read = await content.ReadAtLeastAsync(tail, tail.Length, throwOnEndOfStream: false, cancellationToken);
        return Parse(tail.AsMemory(0, read), startsInside: from > 0);
    }

    // What is behind the last line feed is still being written.
    private static IReadOnlyList<MetricRecord> Parse(ReadOnlyMemory<byte> tail, bool startsInside)
    {
        var start = startsInside ? tail.Span.IndexOf((byte)'\n') + 1 : 0;
        var end = tail.Span.LastIndexOf((byte)'\n') + 1;
        return end > start ? [.. MetricRecord.ReadLines(tail[start..end])] : [];
    }
}
