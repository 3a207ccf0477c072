using Trainyard.Core.Metrics;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Functions.Http.Records;

/// <summary>The last metrics of a run, for answers that show the run itself.</summary>
public sealed class RecentMetrics(IBlobStore blobs)
{
    // Some thousand records; the whole of them has a route of its own.
    private const int TailBytes = 256 * 1024;

    internal async Task<IReadOnlyList<MetricRecord>> ReadAsync(TrainingRun run, CancellationToken cancellationToken)
    {
        var name = RunBlobs.Metrics(run.Id);
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

    private static List<MetricRecord> Parse(ReadOnlyMemory<byte> tail, bool startsInside)
    {
        var records = new List<MetricRecord>();
        var rest = startsInside ? tail[(tail.Span.IndexOf((byte)'\n') + 1)..] : tail;
        while (rest.Span.IndexOf((byte)'\n') is >= 0 and var end)
        {
            if (MetricRecord.TryParse(rest[..end], out var record))
            {
                records.Add(record);
            }
            rest = rest[(end + 1)..];
        }
        return records;
    }
}
