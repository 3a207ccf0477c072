using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Functions.Runs;

namespace Trainyard.Functions.Http.Streaming;

/// <summary>Sends a run's output while it grows, and its phases as they change, until all of it was sent.</summary>
public sealed class RunFollower(RunSnapshots snapshots, OutputChunks chunks, StreamOptions options, TimeProvider time)
{
    // Short enough to look live. Followers of the same output share their reads.
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    internal async Task FollowAsync(
        TrainingRun run,
        RunOutput output,
        IOutputWriter writer,
        bool follow,
        CancellationToken cancellationToken
    )
    {
        var lastWrite = time.GetTimestamp();
        var statuses = new StatusCursor(run);
        var more = snapshots.NextAsync(output.Blob);
        // Null when the run was deleted meanwhile; a deleted run has ended.
        while (await LookAsync(run.Id, output, follow, cancellationToken) is { } snapshot)
        {
            // The state is read before the output, so all output that was written before the run ended is seen.
            var isFinal = !follow || snapshot.Run.Phase.IsTerminal() || time.GetUtcNow() > output.Until;
            var resource = snapshot.Status;
            // The output comes after the phase in which the command began, and before the phases that follow its end.
            var wrote = await WriteAsync(statuses.TakeNew(resource, withEnd: false), writer, cancellationToken);
            if (isFinal || snapshot.OutputBytes > output.Offset)
            {
                wrote |= await WriteOutputAsync(output, snapshot, writer, isFinal, cancellationToken);
            }
            wrote |= await WriteProgressAsync(statuses, resource, writer, cancellationToken);
            wrote |= await WriteAsync(statuses.TakeNew(resource, withEnd: true), writer, cancellationToken);
            if (isFinal)
            {
                await writer.WriteEndAsync(resource, cancellationToken);
                return;
            }
            if (wrote)
            {
                lastWrite = time.GetTimestamp();
            }
            else if (time.GetElapsedTime(lastWrite) > options.KeepAliveInterval)
            {
                await writer.WriteKeepAliveAsync(cancellationToken);
                lastWrite = time.GetTimestamp();
            }
            await WaitAsync(more, cancellationToken);
            more = snapshots.NextAsync(output.Blob);
        }
    }

    // Output that arrives through another process, and phase changes, are found by polling.
    private async Task WaitAsync(Task more, CancellationToken cancellationToken)
    {
        using var woken = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(more, Task.Delay(PollInterval, time, woken.Token));
        await woken.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private Task<RunSnapshot?> LookAsync(
        RunId id,
        RunOutput output,
        bool follow,
        CancellationToken cancellationToken
    ) => follow ? snapshots.GetAsync(id, output.Blob, cancellationToken) : snapshots.ReadAsync(id, output.Blob);

    private static async Task<bool> WriteAsync(
        IEnumerable<PhaseResource> statuses,
        IOutputWriter writer,
        CancellationToken cancellationToken
    )
    {
        var wrote = false;
        foreach (var entry in statuses)
        {
            await writer.WriteStatusAsync(entry, cancellationToken);
            wrote = true;
        }
        return wrote;
    }

    private static async Task<bool> WriteProgressAsync(
        StatusCursor statuses,
        RunStatusResource status,
        IOutputWriter writer,
        CancellationToken cancellationToken
    )
    {
        if (statuses.TakeProgress(status) is not { } progress)
        {
            return false;
        }
        await writer.WriteProgressAsync(progress, cancellationToken);
        return true;
    }

    private async Task<bool> WriteOutputAsync(
        RunOutput output,
        RunSnapshot snapshot,
        IOutputWriter writer,
        bool isFinal,
        CancellationToken cancellationToken
    )
    {
        var wrote = false;
        // The final read goes to the blob's real end, not to the shared length.
        var shared = isFinal ? null : new SharedTail(chunks, snapshot.OutputBytes);
        while (await output.ReadAsync(isFinal, cancellationToken, shared) is { Length: > 0 } lines)
        {
            await writer.WriteOutputAsync(lines, output.Offset, cancellationToken);
            wrote = true;
        }
        return wrote;
    }

    /// <summary>
    /// Tracks which phases were sent: from the one that the run is in when the client connects, without gaps.
    /// </summary>
    private sealed class StatusCursor(TrainingRun run)
    {
        private int _told = run.History.Count - 1;
        private string? _lastReason;
        private ProgressResource? _lastProgress;

        /// <summary>The command's progress if it has changed; otherwise null.</summary>
        public ProgressResource? TakeProgress(RunStatusResource status)
        {
            var isNews = status.Progress is not null && status.Progress != _lastProgress;
            _lastProgress = status.Progress;
            return isNews ? status.Progress : null;
        }

        /// <param name="status">The run's current status.</param>
        /// <param name="withEnd">
        /// Whether to include the phases after the command's end, and all phases after such a one.
        /// </param>
        public IEnumerable<PhaseResource> TakeNew(RunStatusResource status, bool withEnd)
        {
            for (; _told < status.History.Count; _told++)
            {
                if (!withEnd && ComesAtTheEnd(status.History[_told]))
                {
                    yield break;
                }
                var isLast = _told == status.History.Count - 1;
                _lastReason = isLast ? ReasonOf(status) : null;
                yield return isLast ? status.History[_told] with { Reason = _lastReason } : status.History[_told];
            }
            if (ReasonOf(status) is { } reason && reason != _lastReason)
            {
                _lastReason = reason;
                yield return status.History[^1] with
                {
                    Reason = reason,
                };
            }
        }

        private static bool ComesAtTheEnd(PhaseResource entry) =>
            Enum.Parse<RunPhase>(entry.Phase, ignoreCase: true)
                is not (RunPhase.Queued or RunPhase.Downloading or RunPhase.Processing);

        private static string? ReasonOf(RunStatusResource status) =>
            status.Reason is { } r ? (r.Message.Length == 0 ? r.Code : $"{r.Code}: {r.Message}") : null;
    }
}
