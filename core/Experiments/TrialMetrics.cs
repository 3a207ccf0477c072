using Trainyard.Contracts.Runs;
using Trainyard.Core.Metrics;
using Trainyard.Core.Stores;

namespace Trainyard.Core.Experiments;

/// <summary>What a training run recorded of the objective.</summary>
public sealed class TrialMetrics(IBlobStore blobs)
{
    // Thousands of records; what matters is the last ones.
    private const int TailBytes = 512 * 1024;

    private const string TestGroup = "test";

    /// <summary>Its values by step, in the order of writing: those of the group <c>test</c>, or where it has none, of any.</summary>
    public async Task<IReadOnlyList<ObjectivePoint>> ReadAsync(
        RunId run,
        string objective,
        CancellationToken cancellationToken
    )
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
        return Select(tail.AsMemory(0, read), from > 0, objective);
    }

    private static IReadOnlyList<ObjectivePoint> Select(ReadOnlyMemory<byte> tail, bool startsInside, string objective)
    {
        var start = startsInside ? tail.Span.IndexOf((byte)'\n') + 1 : 0;
        var end = tail.Span.LastIndexOf((byte)'\n') + 1;
        if (end <= start)
        {
            return [];
        }
        var records = MetricRecord
            .ReadLines(tail[start..end])
            .Select(record =>
                (record.Group, record.Iteration, Value: record.Values.GetValueOrDefault(objective)?.Number)
            )
            .Where(record => record.Value is not null)
            .ToList();
        var tests = records.FindAll(record => record.Group == TestGroup);
        return
        [
            .. (tests.Count > 0 ? tests : records).Select(r => new ObjectivePoint(
                r.Iteration,
                r.Value.GetValueOrDefault()
            )),
        ];
    }
}
