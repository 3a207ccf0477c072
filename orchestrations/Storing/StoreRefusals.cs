using Microsoft.DurableTask;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Orchestrations.Storing;

/// <summary>Tells what a bucket refuses for good, which is an answer, from what may work later, which is thrown on.</summary>
internal static class StoreRefusals
{
    private const int CredentialTries = 3;
    private static readonly string Denied = ObjectStoreReasons.CodeOf(ObjectStoreFailure.Denied, "results");

    /// <summary>Reads the data store; the reason when it refuses for good.</summary>
    public static Task<RunReason?> OfDataAsync(Func<Task> action) => CatchAsync("data", e => !e.IsTransient, action);

    /// <summary>
    /// Writes into the results store; the reason when it refuses for good. That something of ours is not there is nobody's
    /// answer: what we write comes from us, and another try makes it anew or finds it done.
    /// </summary>
    public static Task<RunReason?> OfResultsAsync(Func<Task> action) =>
        CatchAsync("results", e => !e.IsTransient && e.Failure != ObjectStoreFailure.ObjectNotFound, action);

    /// <summary>
    /// The same for credentials that wrote into the bucket before the run, or a moment ago: they are asked twice more before they
    /// are called wrong. Some servers answer so when they are too busy to look them up.
    /// </summary>
    public static async Task<RunReason?> OfStoringAsync(Func<Task> action)
    {
        for (var tries = 1; ; tries++)
        {
            var refusal = await OfResultsAsync(action);
            if (refusal?.Code != Denied || tries == CredentialTries)
            {
                return refusal;
            }
        }
    }

    /// <summary>
    /// The reason of an activity that was tried until its retries ended: what it threw at last, or that the stores did not
    /// answer where it was something else.
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

    // What is not there and is tried all the same is what we wrote before.
    private static RunReason ReasonOfRetry(ObjectStoreException e, string side) =>
        e.Failure == ObjectStoreFailure.ObjectNotFound
            ? RunReason.System("store_corrupt", e.Message)
            : ObjectStoreReasons.Of(e, side);
}
