namespace Trainyard.Agent.Node;

/// <summary>Since when the service has not answered, and how long to wait before the next question.</summary>
internal sealed class Absence(TimeProvider time)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);
    private long since;
    private TimeSpan delay = Shortest;

    public bool IsAway { get; private set; }

    public TimeSpan Duration => IsAway ? time.GetElapsedTime(since) : TimeSpan.Zero;

    /// <returns>Whether it was there before.</returns>
    public bool Note()
    {
        if (IsAway)
            return false;
        since = time.GetTimestamp();
        delay = Shortest;
        return IsAway = true;
    }

    /// <returns>Whether it was away before.</returns>
    public bool End()
    {
        var was = IsAway;
        IsAway = false;
        return was;
    }

    /// <summary>0.1, 0.2, ... 2, 2 seconds, each between a half and the whole of it, so that nodes do not ask in step.</summary>
    public TimeSpan NextDelay()
    {
        var next = delay * (0.5 + (Random.Shared.NextDouble() / 2));
        delay = delay * 2 < Longest ? delay * 2 : Longest;
        return next;
    }
}
