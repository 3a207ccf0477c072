namespace Trainyard.Backends.Azure.Tables;

/// <summary>Retries a read-decide-write cycle when another writer was faster.</summary>
internal static class Conflicts
{
    // In each round at least one writer succeeds, and there are never more concurrent writers than this.
    private const int MaxTries = 40;
    private const int LongestPauseMilliseconds = 50;

    /// <summary>Runs the work until it meets no conflict; gives up with the conflict after 40 tries.</summary>
    public static async Task<T> RetryAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await work();
            }
            catch (ConflictException) when (tries < MaxTries)
            {
                // A random pause keeps the same writers from clashing again. It uses real time, even under a test's
                // clock.
                await Task.Delay(Random.Shared.Next(LongestPauseMilliseconds), cancellationToken);
            }
        }
    }
}
