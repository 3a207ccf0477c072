using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Functions.Runs;

namespace Trainyard.Functions.Http.Streaming;

/// <summary>Sends a run's output while it grows, and its phases as they change, until all of it was sent.</summary>
public sealed class RunFollower(IRunStore runs, OwnRuns ownRuns, TimeProvider time)
{
    // Short enough to look live, long enough that a thousand followers cost little.
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan KeepAliveInterval = TimeSpan.FromSeconds(15);

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
        while (true)
        {
            // The state is read before the output: what was written before the run ended is then seen for sure.
            var isFinal = !follow || run.Phase.IsTerminal();
            var resource = (await ownRuns.ToResourceAsync(run, cancellationToken)).Entity.Status;
            // A command's words stand after the phase in which it began, and before those that came when it had ended.
            var wrote = await WriteAsync(statuses.TakeNew(resource, withEnd: false), writer, cancellationToken);
            wrote |= await WriteOutputAsync(output, writer, isFinal, cancellationToken);
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
            else if (time.GetElapsedTime(lastWrite) > KeepAliveInterval)
            {
                await writer.WriteKeepAliveAsync(cancellationToken);
                lastWrite = time.GetTimestamp();
            }
            await Task.Delay(PollInterval, time, cancellationToken);
            // A run that was deleted meanwhile had ended.
            if ((await runs.GetAsync(run.Id, cancellationToken))?.Run is not { } next)
                return;
            run = next;
        }
    }

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

    private static async Task<bool> WriteOutputAsync(
        RunOutput output,
        IOutputWriter writer,
        bool isFinal,
        CancellationToken cancellationToken
    )
    {
        var wrote = false;
        while (await output.ReadAsync(isFinal, cancellationToken) is { Length: > 0 } lines)
        {
            await writer.WriteOutputAsync(lines, output.Offset, cancellationToken);
            wrote = true;
        }
        return wrote;
    }

    /// <summary>Which phases were told already: from the one the run is in when the client comes, none left out after.</summary>
    private sealed class StatusCursor(TrainingRun run)
    {
        private int told = run.History.Count - 1;
        private string? lastReason;

        /// <param name="status">The run as it stands.</param>
        /// <param name="withEnd">Whether also the phases that come when the command has ended, and what came after one.</param>
        public IEnumerable<PhaseResource> TakeNew(RunStatusResource status, bool withEnd)
        {
            for (; told < status.History.Count; told++)
            {
                if (!withEnd && ComesAtTheEnd(status.History[told]))
                    yield break;
                var isLast = told == status.History.Count - 1;
                lastReason = isLast ? ReasonOf(status) : null;
                yield return isLast ? status.History[told] with { Reason = lastReason } : status.History[told];
            }
            if (ReasonOf(status) is { } reason && reason != lastReason)
            {
                lastReason = reason;
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
