using Microsoft.Extensions.Logging;
using Trainyard.Agent.Jobs;
using Trainyard.Agent.Logging;
using Trainyard.Agent.Service;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;

namespace Trainyard.Agent.Verbs;

/// <summary>Reports the end of the attempt, and tries again until the service accepts the report.</summary>
internal sealed class Completion(AttemptClient client, NodeTask task, int gpus, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan OnceAtMost = TimeSpan.FromSeconds(5);
    private readonly DateTimeOffset _leasedAt = time.GetUtcNow();

    /// <exception cref="LeaseLostException">The lease is gone.</exception>
    public async Task SendAsync(AttemptEnd end, StageSummary staged, CancellationToken cancellationToken)
    {
        Log.Ended(logger, task.RunId, task.Attempt, end.Outcome.ToString(), end.ExitCode, end.Message);
        try
        {
            await client.DeliverAsync<object>(client.Routes.Completion(Report(end, staged)), cancellationToken);
        }
        catch (Exception e) when (e is ServiceRefusedException or ServiceAwayException)
        {
            Log.CompletionRefused(logger, task.RunId, task.Attempt, e.Message);
        }
    }

    /// <summary>
    /// Sends the report once, within 5 seconds, and ignores failures: the lease ends without a report too.
    /// </summary>
    public async Task TrySendOnceAsync(AttemptEnd end)
    {
        Log.Ended(logger, task.RunId, task.Attempt, end.Outcome.ToString(), end.ExitCode, end.Message);
        using var little = new CancellationTokenSource(OnceAtMost, time);
        try
        {
            await client.TryOnceAsync<object>(
                client.Routes.Completion(Report(end, StageSummary.Nothing)),
                little.Token
            );
        }
        catch (Exception e)
            when (e
                    is ServiceRefusedException
                        or ServiceAwayException
                        or LeaseLostException
                        or OperationCanceledException
            )
        {
            Log.CompletionRefused(logger, task.RunId, task.Attempt, e.Message);
        }
    }

    private CompletionReport Report(AttemptEnd end, StageSummary staged) =>
        new()
        {
            Outcome = end.Outcome,
            ExitCode = end.ExitCode,
            Message = end.Message,
            Cause = end.Cause,
            Undelivered = end.Undelivered,
            LeasedAt = _leasedAt,
            StartedAt = end.StartedAt,
            FinishedAt = time.GetUtcNow(),
            Gpus = gpus,
            CommandSeconds = end.CommandSeconds,
            PeakMemoryBytes = end.Usage.PeakMemoryBytes,
            CpuSeconds = end.Usage.CpuSeconds,
            Peaks = end.Peaks,
            ImageDigest = end.ImageDigest,
            StagedFiles = staged.Files,
            StagedBytes = staged.Bytes,
            IsTraced = RunTrace.IsExported,
        };
}
