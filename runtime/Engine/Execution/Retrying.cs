using Microsoft.DurableTask;

namespace Trainyard.Runtime.Engine.Execution;

/// <summary>Tries a task again as its retry options say; deterministic, as it runs within the orchestrator.</summary>
internal static class Retrying
{
    public static Task<string?> RunAsync(
        OrchestrationContext context,
        TaskRetryOptions? retry,
        Func<Task<string?>> attempt
    ) =>
        retry switch
        {
            { Policy: { } policy } => RunAsync(context, policy, attempt),
            { Handler: { } handler } => RunAsync(context, handler, attempt),
            _ => attempt(),
        };

    private static async Task<string?> RunAsync(
        OrchestrationContext context,
        RetryPolicy policy,
        Func<Task<string?>> attempt
    )
    {
        var start = context.CurrentUtcDateTime;
        for (var number = 1; ; number++)
        {
            try
            {
                return await attempt();
            }
            catch (TaskFailedException exception)
                when (!TaskFailures.IsFinal(exception)
                    && number < policy.MaxNumberOfAttempts
                    && !IsLate(context, policy, start)
                    && policy.Handle(exception.InnerException!)
                )
            {
                await context.CreateTimer(DelayAfter(policy, number), CancellationToken.None);
            }
        }
    }

    private static async Task<string?> RunAsync(
        OrchestrationContext context,
        AsyncRetryHandler handler,
        Func<Task<string?>> attempt
    )
    {
        var start = context.CurrentUtcDateTime;
        for (var number = 1; ; number++)
        {
            try
            {
                return await attempt();
            }
            catch (TaskFailedException exception) when (!TaskFailures.IsFinal(exception))
            {
                var spent = context.CurrentUtcDateTime - start;
                var failure = new RetryContext(
                    context,
                    number,
                    exception.FailureDetails,
                    spent,
                    CancellationToken.None
                );
                if (!await handler(failure))
                {
                    throw;
                }
            }
        }
    }

    private static bool IsLate(OrchestrationContext context, RetryPolicy policy, DateTime start) =>
        policy.RetryTimeout != Timeout.InfiniteTimeSpan && context.CurrentUtcDateTime - start >= policy.RetryTimeout;

    private static TimeSpan DelayAfter(RetryPolicy policy, int attempt)
    {
        var milliseconds =
            policy.FirstRetryInterval.TotalMilliseconds * Math.Pow(policy.BackoffCoefficient, attempt - 1);
        var longest =
            policy.MaxRetryInterval == Timeout.InfiniteTimeSpan ? TimeSpan.FromDays(36500) : policy.MaxRetryInterval;
        return milliseconds < longest.TotalMilliseconds ? TimeSpan.FromMilliseconds(milliseconds) : longest;
    }
}
