using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Trainyard.Core.Pools.Scaling;

namespace Trainyard.Functions.Timers;

/// <summary>
/// Adds machines for waiting runs and removes machines that nothing needs, where the service manages the machines. A
/// refused request is repeated a minute later.
/// </summary>
public sealed partial class ScalePool(PoolScaling scaling, ILogger<ScalePool> logger)
{
    // Every minute.
    [Function(nameof(ScalePool))]
    public async Task RunAsync([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken cancellationToken)
    {
        if (await scaling.PlanAsync(cancellationToken) is not { } plan)
        {
            return;
        }
        try
        {
            await GrowAsync(plan, cancellationToken);
        }
        finally
        {
            // A pool that cannot grow, for lack of quota, can still shrink.
            await RemoveAsync(plan, cancellationToken);
        }
    }

    private async Task GrowAsync(ScalingPlan plan, CancellationToken cancellationToken)
    {
        await scaling.GrowAsync(plan, cancellationToken);
        if (plan.GrowTo is { } count)
        {
            LogGrown(count);
        }
    }

    private async Task RemoveAsync(ScalingPlan plan, CancellationToken cancellationToken)
    {
        foreach (var removal in await scaling.RemoveAsync(plan, cancellationToken))
        {
            if (removal.Cause is RemovalCause.Broken)
            {
                LogBroken(removal.Machine.Name);
            }
            else
            {
                LogRemoved(removal.Machine.Name);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Asked for {Count} machines in the pool")]
    private partial void LogGrown(int count);

    [LoggerMessage(2, LogLevel.Information, "Asked for the removal of {Machine}, which nothing needs")]
    private partial void LogRemoved(string machine);

    [LoggerMessage(3, LogLevel.Warning, "Asked for the removal of {Machine}, whose node did not come or fell silent")]
    private partial void LogBroken(string machine);
}
