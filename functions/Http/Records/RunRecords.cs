using System.Runtime.CompilerServices;
using System.Text;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Metrics;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Functions.Http.Records;

/// <summary>
/// A record with its index, from 1, and its time in milliseconds of Unix time, which is unique in its log or metrics.
/// </summary>
internal sealed record RunRecord<T>(T Value, long Index, long TimeMs);

/// <summary>
/// A run's log and metrics, record by record. The times grow strictly, so that a client that asks for records after its
/// last one misses none: a metric has the time at which it was written, a line the time at which it was printed, or the
/// next free millisecond. A line without a recorded time gets the millisecond after the line before; the first line,
/// the one after the run left the queue.
/// </summary>
public sealed class RunRecords(IBlobStore blobs, TimeProvider time)
{
    private const int LongestLogLine = 64 * 1024;
    private const int LongestMetric = 256 * 1024;

    // Times further ahead are ignored: all later records would get times after them. Nodes' clocks are wrong by less.
    private static readonly TimeSpan FarAhead = TimeSpan.FromDays(1);

    private readonly LogIndex _index = new();

    internal async IAsyncEnumerable<RunRecord<string>> LogAsync(
        TrainingRun run,
        RecordRange range,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var place = _index.FindBefore(RunBlobs.Log(run.Id), range);
        await foreach (var (line, index, time) in LinesAsync(run, place, cancellationToken))
        {
            if (range.Has(index, time))
            {
                yield return new RunRecord<string>(Encoding.UTF8.GetString(line.Text.Span), index, time);
            }
            if (range.IsBefore(index))
            {
                yield break;
            }
        }
    }

    /// <summary>How many lines the log has.</summary>
    internal async Task<long> CountLogAsync(TrainingRun run, CancellationToken cancellationToken)
    {
        var place = _index.FindBefore(RunBlobs.Log(run.Id), new RecordRange(long.MaxValue, long.MaxValue));
        var count = place.Index;
        await foreach (var (_, index, _) in LinesAsync(run, place, cancellationToken))
        {
            count = index;
        }
        return count;
    }

    private async IAsyncEnumerable<(OutputLine Line, long Index, long TimeMs)> LinesAsync(
        TrainingRun run,
        LogPlace place,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var log = RunBlobs.Log(run.Id);
        var (index, last) = (place.Index, place.Index == 0 ? StartOf(run) : place.TimeMs);
        var latest = Latest(run);
        var clock = new LogClock(blobs, RunBlobs.LogTimes(run.Id), place.MarkOffset);
        var lines = new OutputLines(blobs, LongestLogLine);
        var hasMarks = true;
        await foreach (var line in lines.ReadAsync(log, place.Offset, IsFinal(run), cancellationToken))
        {
            // A mark is written before its line, so once the marks end, no later line has one.
            hasMarks = hasMarks && await clock.LoadUntilAsync(line.Start, cancellationToken);
            index++;
            last = Math.Max(last + 1, clock.TimeAt(line.Start) is { } ms && ms <= latest ? ms : 0);
            if (index % LogIndex.Spacing == 0)
            {
                _index.Add(log, new LogPlace(index, last, line.End, clock.Place));
            }
            yield return (line, index, last);
        }
    }

    internal async IAsyncEnumerable<RunRecord<MetricRecord>> MetricsAsync(
        TrainingRun run,
        RecordRange range,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var last = StartOf(run);
        var latest = Latest(run);
        var lines = new OutputLines(blobs, LongestMetric);
        long index = 0;
        await foreach (
            var line in lines.ReadAsync(RunBlobs.Metrics(run.Id), offset: 0, IsFinal(run), cancellationToken)
        )
        {
            if (!MetricRecord.TryParse(line.Text, out var record))
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

    private long Latest(TrainingRun run) => ((run.FinishedAt ?? time.GetUtcNow()) + FarAhead).ToUnixTimeMilliseconds();

    private static long StartOf(TrainingRun run) => (run.RunningAt ?? run.SubmittedAt).ToUnixTimeMilliseconds();

    private static bool IsFinal(TrainingRun run) => run.Phase.IsTerminal();
}
