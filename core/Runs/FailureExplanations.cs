using System.Text;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Core.Runs;

/// <summary>Explains a failed run with the last lines of its log.</summary>
public sealed class FailureExplanations(IBlobStore blobs)
{
    private const int MostLines = 20;
    private const int LongestLine = 500;
    private const int TailBytes = 32 * 1024;

    /// <summary>The explanation; null when the run has not failed.</summary>
    public async Task<FailureResource?> FindAsync(TrainingRun run, CancellationToken cancellationToken)
    {
        if (run.Phase is not RunPhase.Failed || run.Reason is not { } reason)
        {
            return null;
        }
        return new FailureResource
        {
            Summary = FailureAdvice.SummaryOf(reason),
            ExitCodeMeaning = run.ExitCode is { } code ? ExitCodes.MeaningOf(code) : null,
            Advice = FailureAdvice.AdviceFor(reason, run.ExitCode),
            LogTail = await ReadTailAsync(RunBlobs.Log(run.Id, run.DecidingLearner ?? 1), cancellationToken),
            PeakMemoryBytes = run.Usage.PeakMemoryBytes,
        };
    }

    private async Task<IReadOnlyList<string>> ReadTailAsync(BlobName log, CancellationToken cancellationToken)
    {
        if (await blobs.FindAsync(log, cancellationToken) is not { } info)
        {
            return [];
        }
        var from = Math.Max(0, info.Bytes - TailBytes);
        await using var content = await blobs.OpenReadAsync(log, from, TailBytes, cancellationToken);
        if (content is null)
        {
            return [];
        }
        var bytes = new byte[TailBytes];
        var read = await content.ReadAtLeastAsync(bytes, TailBytes, throwOnEndOfStream: false, cancellationToken);
        return LastLines(Encoding.UTF8.GetString(bytes, 0, read), isCut: from > 0);
    }

    internal static IReadOnlyList<string> LastLines(string text, bool isCut)
    {
        var lines = text.TrimEnd('\r', '\n').Split('\n');
        // The first line is truncated at its beginning, unless it is the only one.
        var whole = isCut && lines.Length > 1 ? lines.Skip(1) : lines;
        return text.Length == 0 ? [] : [.. whole.TakeLast(MostLines).Select(LastUpdate)];
    }

    // Keeps the final state of a progress bar.
    private static string LastUpdate(string line)
    {
        var last = line.TrimEnd('\r');
        last = last[(last.LastIndexOf('\r') + 1)..];
        return last.Length <= LongestLine ? last : last[..LongestLine] + "…";
    }
}
