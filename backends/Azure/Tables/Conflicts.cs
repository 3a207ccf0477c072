namespace Trainyard.Backends.Azure.Tables;

/// <summary>Read, decide, write; again when somebody else was faster.</summary>
internal static class Conflicts
{
    // Each time at least one of those who clash gets through; more at once than this never happens.
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
                // Those who clashed must not clash again; no clock of a test moves this one.
                await Task.Delay(Random.Shared.Next(LongestPauseMilliseconds), cancellationToken);
            }
        }
    }
}
