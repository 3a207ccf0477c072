namespace Trainyard.Core.Pools;

/// <summary>
/// The time that leases go by. It counts on from the start of the process, so that nobody who sets the machine's clock moves
/// it. And it knows since when the service has been there without a gap: while it slept, was stopped or was not yet started no
/// node could renew, so what was leased before gets its whole time again.
/// </summary>
public sealed class LeaseClock(TimeProvider time, TimeSpan leaseDuration)
{
    // Looks come every few seconds. A shorter gap is a slow machine, and costs a lease less than it has left.
    private static readonly TimeSpan ShortestGap = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(30);

    // Instances of the service are not set to the same second.
    private static readonly TimeSpan Difference = TimeSpan.FromMinutes(1);

    private readonly Lock _moving = new();
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();
    private readonly long _started = time.GetTimestamp();
    private DateTimeOffset _thereSince = time.GetUtcNow();
    private DateTimeOffset _lastLook = time.GetUtcNow();

    public DateTimeOffset Now => _startedAt + time.GetElapsedTime(_started);

    private TimeSpan Gap =>
        leaseDuration / 2 < ShortestGap ? ShortestGap
        : leaseDuration / 2 > LongestGap ? LongestGap
        : leaseDuration / 2;

    /// <summary>A look at all leases. They come at short intervals, for as long as the service is there.</summary>
    public void Look()
    {
        lock (_moving)
        {
            var now = Now;
            if (now - _lastLook > Gap)
            {
                _thereSince = now;
            }
            _lastLook = now;
        }
    }

    /// <summary>The leases that are over: with an expiry up to the first, or beyond the second instant.</summary>
    /// <remarks>
    /// An expiry that no lease given lately can have was written by a clock that has been set back since; whoever holds such a
    /// lease has renewed it long ago.
    /// </remarks>
    public (DateTimeOffset UpTo, DateTimeOffset Beyond) Expired
    {
        get
        {
            lock (_moving)
            {
                var now = Now;
                var isSure = now - _lastLook <= Gap && now >= _thereSince + leaseDuration;
                return isSure
                    ? (now, now + (2 * leaseDuration) + Difference)
                    : (DateTimeOffset.MinValue, DateTimeOffset.MaxValue);
            }
        }
    }
}
