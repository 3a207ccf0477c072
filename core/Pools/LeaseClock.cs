namespace Trainyard.Core.Pools;

/// <summary>
/// The clock for leases. It counts from the start of the process, so changes of the machine's clock do not affect it.
/// It also detects gaps: while the service slept, was stopped or had not started, no node could renew, so after a gap
/// every earlier lease gets its full duration again.
/// </summary>
public sealed class LeaseClock(TimeProvider time, TimeSpan leaseDuration)
{
    // Looks come every few seconds. A shorter gap is just a slow machine, and takes less time than a lease has left.
    private static readonly TimeSpan ShortestGap = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(30);

    // The clocks of several service instances differ by up to this much.
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

    /// <summary>Records a look at all leases. Looks come at short intervals while the service runs.</summary>
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

    /// <summary>The bounds of expired leases: expiry at or before the first instant, or after the second.</summary>
    /// <remarks>An expiry after the second instant is impossible for a recent lease: it was written by a clock that
    /// has been set back since, and a live holder would have renewed the lease.</remarks>
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
