namespace Trainyard.Agent.Leasing;

/// <summary>Tracks how long the service has not answered, and how long to wait before the next request.</summary>
internal sealed class ServiceOutage(TimeProvider time)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);
    private long _since;
    private TimeSpan _delay = Shortest;

    public bool IsAway { get; private set; }

    /// <summary>The time since the last answer of any kind.</summary>
    public TimeSpan Silence => IsAway ? time.GetElapsedTime(_since) : TimeSpan.Zero;

    /// <param name="answered">Whether the service answered, even with a refusal or an error.</param>
    /// <returns>Whether the service was available before.</returns>
    public bool Note(bool answered)
    {
        if (!IsAway || answered)
        {
            _since = time.GetTimestamp();
        }
        if (IsAway)
        {
            return false;
        }
        _delay = Shortest;
        return IsAway = true;
    }

    /// <returns>Whether the service was away before.</returns>
    public bool End()
    {
        var was = IsAway;
        IsAway = false;
        return was;
    }

    /// <summary>
    /// 0.1, 0.2, ... 2, 2 seconds, each randomly cut to between half and all of it, so that nodes do not ask in step.
    /// </summary>
    public TimeSpan NextDelay()
    {
        var next = _delay * (0.5 + (Random.Shared.NextDouble() / 2));
        _delay = _delay * 2 < Longest ? _delay * 2 : Longest;
        return next;
    }
}
