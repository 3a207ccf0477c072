using System.Runtime.CompilerServices;
using System.Text;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Metrics;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Functions.Http.Records;

/// <summary>A record with its place, from 1, and its time in milliseconds of Unix time, which no other record of the run has.</summary>
internal sealed record RunRecord<T>(T Value, long Index, long TimeMs);

/// <summary>
/// A run's log and metrics, record by record. The times grow strictly, so that whoever asks for what comes after the last one
/// misses nothing: a metric has the time it was written at, or the next one that is free; of a log's lines no times are
/// kept, so they count milliseconds from the moment at which the run left the queue.
/// </summary>
public sealed class RunRecords(IBlobStore blobs, TimeProvider time)
{
    private const int LongestLogLine = 64 * 1024;
    private const int LongestMetric = 256 * 1024;

    // Clocks of nodes are wrong by less; all records behind a later one would be as late.
    private static readonly TimeSpan FarAhead = TimeSpan.FromDays(1);

    internal async IAsyncEnumerable<RunRecord<string>> LogAsync(
        TrainingRun run,
        RecordRange range,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var start = StartOf(run);
        var lines = new OutputLines(blobs, LongestLogLine);
        long index = 0;
        await foreach (var line in lines.ReadAsync(RunBlobs.Log(run.Id), IsFinal(run), cancellationToken))
        {
            index++;
            if (range.Has(index, start + index))
            {
                yield return new RunRecord<string>(Encoding.UTF8.GetString(line.Span), index, start + index);
            }
            if (range.IsBefore(index))
            {
                yield break;
            }
        }
    }

    internal async IAsyncEnumerable<RunRecord<MetricRecord>> MetricsAsync(
        TrainingRun run,
        RecordRange range,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var last = StartOf(run);
        var latest = ((run.FinishedAt ?? time.GetUtcNow()) + FarAhead).ToUnixTimeMilliseconds();
        var lines = new OutputLines(blobs, LongestMetric);
        long index = 0;
        await foreach (var line in lines.ReadAsync(RunBlobs.Metrics(run.Id), IsFinal(run), cancellationToken))
        {
            if (!MetricRecord.TryParse(line, out var record))
            {
                continue;
            }
            index++;
            last = Math.Max(last + 1, record.TimeMs <= latest ? record.TimeMs.Value : 0);
            if (range.Has(index, last))
            {
                yield return new RunRecord<MetricRecord>(record, index, last);
            }
            if (range.IsBefore(index))
            {
                yield break;
            }
        }
    }

    private static long StartOf(TrainingRun run) => (run.RunningAt ?? run.SubmittedAt).ToUnixTimeMilliseconds();

    private static bool IsFinal(TrainingRun run) => run.Phase.IsTerminal();
}
