using Polly;
using Polly.Retry;

namespace Trainyard.Agent.Service;

/// <summary>The retry policies of the agent. All delays double and are jittered.</summary>
internal static class Retries
{
    /// <summary>
    /// The policy for calls to the service. Without an answer it retries for ever (0.1, 0.2, ... 2, 2 seconds apart),
    /// because a run outlives its service. While the service or a store answers that it cannot, there are 10 more tries
    /// (0.2, 0.4, ... 5, 5 seconds apart), 30 seconds in all, or as far apart as the answers ask for, each at most <see
    /// cref="RetryAfterHeader.Longest"/>.
    /// </summary>
    public static ResiliencePipeline Service(TimeProvider time, ServiceAddress address) =>
        Pipeline(time)
            .AddRetry(Forever(address, e => e is ServiceAwayException { Answered: false }))
            .AddRetry(Bounded(10, TimeSpan.FromSeconds(5)))
            .Build();

    private static ResiliencePipelineBuilder Pipeline(TimeProvider time) => new() { TimeProvider = time };

    private static RetryStrategyOptions Forever(ServiceAddress address, Func<Exception, bool> handles) =>
        new()
        {
            ShouldHandle = new PredicateBuilder().Handle(handles),
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromMilliseconds(100),
            MaxDelay = TimeSpan.FromSeconds(2),
            UseJitter = true,
            OnRetry = _ =>
            {
                address.Refresh();
                return default;
            },
        };

    private static RetryStrategyOptions Bounded(int retries, TimeSpan longest) =>
        new()
        {
            ShouldHandle = new PredicateBuilder().Handle<ServiceAwayException>(e => e.Answered),
            MaxRetryAttempts = retries,
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromMilliseconds(200),
            MaxDelay = longest,
            UseJitter = true,
            DelayGenerator = asked => ValueTask.FromResult(AskedFor(asked.Outcome.Exception)),
        };

    // At least the pause that the answer asks for, and up to a tenth more, so that nodes do not retry at once; null for
    // the strategy's own delay.
    private static TimeSpan? AskedFor(Exception? e) =>
        e is ServiceAwayException { RetryAfter: { } asked } ? asked * (1 + (Random.Shared.NextDouble() / 10)) : null;
}
