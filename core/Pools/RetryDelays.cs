namespace Trainyard.Core.Pools;

/// <summary>
/// How long a run waits before its next attempt, so that a run that fails at once is not retried in a tight loop.
/// </summary>
public static class RetryDelays
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);
    private const int Growth = 4;

    public static TimeSpan Longest { get; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a due run is kept for a node that did not fail it.</summary>
    public static TimeSpan AvoidFor { get; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Whether a time is no further ahead than the longest wait. A later one was written by a clock that has been set
    /// back since.
    /// </summary>
    public static bool IsPossible(DateTimeOffset? until, DateTimeOffset now) => until <= now + Longest + AvoidFor;

    /// <summary>5 s after the first attempt, then 20 s, 80 s, then 5 minutes each time.</summary>
    public static TimeSpan After(int attempts) =>
        TimeSpan.FromSeconds(
            Math.Min(Longest.TotalSeconds, First.TotalSeconds * Math.Pow(Growth, Math.Max(0, attempts - 1)))
        );
}
