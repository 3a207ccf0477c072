using Trainyard.Contracts.Runs;

namespace Trainyard.Core.Runs;

/// <summary>Reads, changes and writes back, and repeats on a conflict.</summary>
public static class RunStoreExtensions
{
    // One of several conflicting writers always succeeds, so this many conflicts in a row indicate a fault.
    private const int MaxTries = 100;

    /// <summary>
    /// Applies a change to a record until it holds. The change may be called several times and returns null for
    /// "nothing to do". Gives the record as it stands afterwards, or null when there is none.
    /// </summary>
    /// <exception cref="IOException">The write conflicted too many times.</exception>
    public static async Task<TrainingRun?> ChangeAsync(
        this IRunStore store,
        RunId id,
        Func<TrainingRun, TrainingRun?> change,
        CancellationToken cancellationToken
    )
    {
        for (var tries = 1; await store.GetAsync(id, cancellationToken) is { } read; tries++)
        {
            var changed = change(read.Run);
            if (changed is null)
            {
                return read.Run;
            }
            if (await store.UpdateAsync(read with { Run = changed }, cancellationToken))
            {
                return changed;
            }
            if (tries == MaxTries)
            {
                throw new IOException($"The record of {id} was another one at each of {MaxTries} tries to change it.");
            }
        }
        return null;
    }
}
