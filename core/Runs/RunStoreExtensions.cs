namespace Trainyard.Core.Runs;

/// <summary>Read, change, write back, again when somebody else was faster.</summary>
public static class RunStoreExtensions
{
    /// <summary>
    /// Applies a change to a record until it holds. The change may be called several times and returns null for
    /// "nothing to do". Gives the record as it stands afterwards, or null when there is none.
    /// </summary>
    public static async Task<TrainingRun?> ChangeAsync(
        this IRunStore store,
        RunId id,
        Func<TrainingRun, TrainingRun?> change,
        CancellationToken cancellationToken
    )
    {
        while (await store.GetAsync(id, cancellationToken) is { } read)
        {
            var changed = change(read.Run);
            if (changed is null)
                return read.Run;
            if (await store.UpdateAsync(read with { Run = changed }, cancellationToken))
                return changed;
        }
        return null;
    }
}
