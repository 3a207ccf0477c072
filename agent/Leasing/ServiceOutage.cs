using Trainyard.Contracts.Http;

namespace Trainyard.Agent.Leasing;

/// <summary>Tracks how long the service has not answered, and the delay before the next request.</summary>
internal sealed class ServiceOutage(TimeProvider time)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);
    private long _since;
    private TimeSpan _delay = Shortest;

    public bool IsAway { get; private set; }

    /// <summary>The time since the last answer of any kind; zero while the service is there.</summary>
    public TimeSpan Silence => IsAway ? time.GetElapsedTime(_since) : TimeSpan.Zero;

    /// <param name="answered">Whether the service answered, even with a refusal or an error.</param>
    /// <returns>True when the outage is new.</returns>
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

    /// <returns>True when an outage has ended.</returns>
    public bool End()
    {
        var was = IsAway;
        IsAway = false;
        return was;
    }

    /// <summary>
    /// The delay doubles from 0.1 to 2 seconds. Each delay is random between half and the whole of it, so that nodes do
    /// not ask in step.
    /// </summary>
    public TimeSpan NextDelay()
    {
        var next = JitteredBackoff.Jittered(_delay);
        _delay = _delay * 2 < Longest ? _delay * 2 : Longest;
        return next;
    }
}
