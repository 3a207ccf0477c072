using Trainyard.Core.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Orchestrations.Storing;

/// <summary>Tells what a bucket refuses for good, which is an answer, from what may work later, which is thrown on.</summary>
internal static class StoreRefusals
{
    /// <summary>Runs an action against the data or results store; the reason when the store refuses for good.</summary>
    public static async Task<RunReason?> CatchAsync(string side, Func<Task> action)
    {
        try
        {
            await action();
            return null;
        }
        catch (ObjectStoreException e) when (!e.IsTransient)
        {
            return RunReason.User(CodeOf(side, e.Failure), e.Message);
        }
    }

    private static string CodeOf(string side, ObjectStoreFailure failure) =>
        failure switch
        {
            ObjectStoreFailure.Denied => "store_denied",
            ObjectStoreFailure.BucketNotFound => $"{side}_bucket_not_found",
            ObjectStoreFailure.ObjectNotFound => "object_not_found",
            _ => "store_invalid",
        };
}
