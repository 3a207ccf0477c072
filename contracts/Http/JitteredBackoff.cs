namespace Trainyard.Contracts.Http;

/// <summary>Pauses between tries: each about twice as long as the one before, and random, so that many do not return together.</summary>
public static class JitteredBackoff
{
    /// <param name="tries">How many tries were made so far, from 1.</param>
    /// <param name="first">The first pause at most.</param>
    /// <param name="longest">Any pause at most.</param>
    /// <returns>Between half of the pause and all of it.</returns>
    public static TimeSpan Pause(int tries, TimeSpan first, TimeSpan longest)
    {
        // In seconds: a TimeSpan overflows after some dozens of doublings.
        var pause = Math.Min(first.TotalSeconds * Math.Pow(2, tries - 1), longest.TotalSeconds);
        return Jittered(TimeSpan.FromSeconds(pause));
    }

    /// <returns>Between half of the pause and all of it.</returns>
    public static TimeSpan Jittered(TimeSpan pause) => pause * (0.5 + (Random.Shared.NextDouble() / 2));
}
