using Trainyard.Contracts.Runs;

namespace Trainyard.Core.Runs;

/// <summary>Read, change, write back, again when somebody else was faster.</summary>
public static class RunStoreExtensions
{
    // Of those who clash one always gets through; so many in a row are a fault, and to go on for ever would hide it.
    private const int MaxTries = 100;

    /// <summary>
    /// Applies a change to a record until it holds. The change may be called several times and returns null for
    /// "nothing to do". Gives the record as it stands afterwards, or null when there is none.
    /// </summary>
    /// <exception cref="IOException">The record never holds what is written.</exception>
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
