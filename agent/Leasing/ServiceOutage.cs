namespace Trainyard.Agent.Leasing;

/// <summary>Since when the service has not answered, and how long to wait before the next question.</summary>
internal sealed class ServiceOutage(TimeProvider time)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);
    private long _since;
    private TimeSpan _delay = Shortest;

    public bool IsAway { get; private set; }

    /// <summary>How long no answer of any kind has come.</summary>
    public TimeSpan Silence => IsAway ? time.GetElapsedTime(_since) : TimeSpan.Zero;

    /// <param name="answered">Whether it answered, if only that it will not or cannot.</param>
    /// <returns>Whether it was there before.</returns>
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
        var next = _delay * (0.5 + (Random.Shared.NextDouble() / 2));
        _delay = _delay * 2 < Longest ? _delay * 2 : Longest;
        return next;
    }
}
