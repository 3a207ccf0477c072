using Trainyard.Contracts.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Core.Metrics;

/// <summary>The last metric records of a run.</summary>
public static class LastRecords
{
    /// <summary>
    /// The records in the last <paramref name="bytes"/> of what the run recorded, in the order of writing; empty while there are
    /// none. A line that is cut off at either end is left out.
    /// </summary>
    public static async Task<IReadOnlyList<MetricRecord>> ReadAsync(
        IBlobStore blobs,
        RunId run,
        int bytes,
        CancellationToken cancellationToken
    )
    {
        var name = RunBlobs.Metrics(run);
        if (await blobs.FindAsync(name, cancellationToken) is not { Bytes: > 0 } known)
        {
            return [];
        }
        var from = Math.Max(0, known.Bytes - bytes);
        await using var content = await blobs.OpenReadAsync(name, from, known.Bytes - from, cancellationToken);
        if (content is null)
        {
            return [];
        }
        var tail = new byte[known.Bytes - from];
        var read = await content.ReadAtLeastAsync(tail, tail.Length, throwOnEndOfStream: false, cancellationToken);
        return Parse(tail.AsMemory(0, read), startsInside: from > 0);
    }

    private static IReadOnlyList<MetricRecord> Parse(ReadOnlyMemory<byte> tail, bool startsInside)
    {
        var start = startsInside ? tail.Span.IndexOf((byte)'\n') + 1 : 0;
        var end = tail.Span.LastIndexOf((byte)'\n') + 1;
        return end > start ? [.. MetricRecord.ReadLines(tail[start..end])] : [];
    }
}
