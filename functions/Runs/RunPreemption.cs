using Microsoft.Extensions.Logging;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Scheduling;
using Trainyard.Core.Runs;

namespace Trainyard.Functions.Runs;

/// <summary>
/// Tells preemptible runs to give way to waiting runs that go before them. Their nodes learn of it with the next
/// heartbeat.
/// </summary>
public sealed partial class RunPreemption(
    IDispatchQueue queue,
    IRunStore runs,
    PoolOptions pool,
    ILogger<RunPreemption> logger
)
{
    /// <summary>Does nothing where the operator turned preemption off.</summary>
    public async Task PreemptAsync(CancellationToken cancellationToken)
    {
        if (!pool.Preemption)
        {
            return;
        }
        foreach (var preemption in await queue.PreemptAsync(cancellationToken))
        {
            LogPreempted(preemption.RunId.ToString(), preemption.Attempt, preemption.Order.For.ToString());
            await TryShowAsync(preemption, cancellationToken);
        }
    }

    // Only what the owner sees meanwhile: the attempt is told already.
    private async Task TryShowAsync(Preemption preemption, CancellationToken cancellationToken)
    {
        try
        {
            await runs.ChangeAsync(
                preemption.RunId,
                run =>
                    run.Attempt == preemption.Attempt && run.Phase is RunPhase.Downloading or RunPhase.Processing
                        ? run.Because(Reason(preemption.Order, run.Learners))
                        : null,
                cancellationToken
            );
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotShown(preemption.RunId.ToString(), e);
        }
    }

    private static RunReason Reason(PreemptionOrder order, int nodes) =>
        RunReason.Capacity("preempting", PreemptionTexts.GivesWay(order, nodes));

    [LoggerMessage(1, LogLevel.Information, "{RunId}, attempt {Attempt}, has to give way to {Preemptor}")]
    private partial void LogPreempted(string runId, int attempt, string preemptor);

    [LoggerMessage(2, LogLevel.Warning, "The record of {RunId} does not say that it gives way")]
    private partial void LogNotShown(string runId, Exception exception);
}
