using Microsoft.DurableTask;
using Trainyard.Contracts.Http;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Orchestrations.Storing;

/// <summary>
/// Separates a bucket's permanent refusals, which are returned as a reason, from transient failures, which are
/// rethrown.
/// </summary>
internal static class StoreRefusals
{
    private const int CredentialTries = 3;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly string Denied = ObjectStoreReasons.CodeOf(ObjectStoreFailure.Denied, "results");

    /// <summary>Runs a read of the data store. Returns the reason when the store refuses for good.</summary>
    public static Task<RunReason?> OfDataAsync(Func<Task> action) => CatchAsync("data", e => !e.IsTransient, action);

    /// <summary>
    /// Runs a write to the results store. Returns the reason when the store refuses for good. A missing source object
    /// is not a refusal: the service wrote it, and a retry recreates it or finds it stored.
    /// </summary>
    public static Task<RunReason?> OfResultsAsync(Func<Task> action) =>
        CatchAsync("results", e => !e.IsTransient && e.Failure != ObjectStoreFailure.ObjectNotFound, action);

    /// <summary>
    /// Like <see cref="OfResultsAsync"/>, for credentials that could write into the bucket before the run. A denial is
    /// retried twice before it counts, within 3 seconds: some servers deny access when they are too busy to look the
    /// credentials up.
    /// </summary>
    public static async Task<RunReason?> OfStoringAsync(
        Func<Task> action,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        for (var tries = 1; ; tries++)
        {
            var refusal = await OfResultsAsync(action);
            if (refusal?.Code != Denied || tries == CredentialTries)
            {
                return refusal;
            }
            await Task.Delay(JitteredBackoff.Pause(tries, FirstPause, LongestPause), time, cancellationToken);
        }
    }

    /// <summary>
    /// The reason of an activity whose retries are exhausted: the last one that it threw, or "the stores did not
    /// answer" for any other failure.
    /// </summary>
    public static RunReason OfFailure(TaskFailedException failure) =>
        StoreRetryException.ReasonOf(failure.FailureDetails)
        ?? RunReason.System("store_unavailable", failure.FailureDetails.ErrorMessage);

    private static async Task<RunReason?> CatchAsync(
        string side,
        Func<ObjectStoreException, bool> isFinal,
        Func<Task> action
    )
    {
        try
        {
            await action();
            return null;
        }
        catch (ObjectStoreException e) when (isFinal(e))
        {
            return ObjectStoreReasons.Of(e, side);
        }
        catch (ObjectStoreException e)
        {
            throw new StoreRetryException(ReasonOfRetry(e, side), e);
        }
    }

    // The source object was written by the service itself, so its loss is a system error.
    private static RunReason ReasonOfRetry(ObjectStoreException e, string side) =>
        e.Failure == ObjectStoreFailure.ObjectNotFound
            ? RunReason.System("store_corrupt", e.Message)
            : ObjectStoreReasons.Of(e, side);
}
