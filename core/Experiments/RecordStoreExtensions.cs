using Trainyard.Contracts;

namespace Trainyard.Core.Experiments;

/// <summary>Reads, changes and writes back, and repeats on a conflict.</summary>
public static class RecordStoreExtensions
{
    private const int MaxTries = 100;

    /// <summary>
    /// Applies a change, repeating it on conflicts. The change may be called several times and returns null for
    /// "nothing to do". Returns the current record, or null when there is none.
    /// </summary>
    /// <exception cref="IOException">The write conflicted too many times.</exception>
    public static async Task<T?> ChangeAsync<T>(
        this IRecordStore<T> store,
        Owner owner,
        Guid id,
        Func<T, T?> change,
        CancellationToken cancellationToken
    )
        where T : OwnedRecord
    {
        for (var tries = 1; await store.GetAsync(owner, id, cancellationToken) is { } read; tries++)
        {
            var changed = change(read.Record);
            if (changed is null)
            {
                return read.Record;
            }
            if (await store.UpdateAsync(read with { Record = changed }, cancellationToken))
            {
                return changed;
            }
            if (tries == MaxTries)
            {
                throw new IOException($"The record {id} was another one at each of {MaxTries} tries to change it.");
            }
        }
        return null;
    }
}
