using Microsoft.DurableTask;

namespace Trainyard.Orchestrations;

/// <summary>
/// How often a failed activity is retried. Activities return permanent failures instead of throwing them.
/// </summary>
internal static class RetryPolicies
{
    /// <summary>Our own stores. 0.2, 0.4, 0.8, ... 30 s, then every 30 s: about a day in all.</summary>
    public static readonly TaskOptions OwnStores = TaskOptions.FromRetryPolicy(
        new RetryPolicy(
            maxNumberOfAttempts: 3000,
            firstRetryInterval: TimeSpan.FromMilliseconds(200),
            backoffCoefficient: 2,
            maxRetryInterval: TimeSpan.FromSeconds(30)
        )
    );

    /// <summary>
    /// The user's buckets before the run: 1, 2, 4, 8, 16 s. A wrong address is reported within a minute, a store that
    /// takes connections and says nothing within four.
    /// </summary>
    public static readonly TaskOptions Validation = TaskOptions.FromRetryPolicy(
        new RetryPolicy(maxNumberOfAttempts: 6, firstRetryInterval: TimeSpan.FromSeconds(1), backoffCoefficient: 2)
    );

    /// <summary>
    /// The user's bucket after the run: 1, 2, 4, ... 300 s, then every 5 minutes: about a day, because results are
    /// valuable.
    /// </summary>
    public static readonly TaskOptions Storing = TaskOptions.FromRetryPolicy(
        new RetryPolicy(
            maxNumberOfAttempts: 300,
            firstRetryInterval: TimeSpan.FromSeconds(1),
            backoffCoefficient: 2,
            maxRetryInterval: TimeSpan.FromMinutes(5)
        )
    );

    /// <summary>The owner's webhook: 5, 10, 20, ... 300 s, then every 5 minutes: about an hour in all.</summary>
    public static readonly TaskOptions Notices = TaskOptions.FromRetryPolicy(
        new RetryPolicy(
            maxNumberOfAttempts: 16,
            firstRetryInterval: TimeSpan.FromSeconds(5),
            backoffCoefficient: 2,
            maxRetryInterval: TimeSpan.FromMinutes(5)
        )
    );
}
