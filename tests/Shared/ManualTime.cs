namespace Trainyard.Tests.Shared;

/// <summary>A clock that a test moves; timers fire as it passes them.</summary>
public sealed class ManualTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now;
    private TimeSpan _set;

    public ManualTime()
        : this(new DateTimeOffset(2026, 12, 31, 23, 59, 58, TimeSpan.Zero)) { }

    public ManualTime(DateTimeOffset now) => _now = now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _now + _set;
        }
    }

    public override long GetTimestamp()
    {
        lock (_lock)
        {
            return _now.UtcTicks;
        }
    }

    private DateTimeOffset Elapsed => new(GetTimestamp(), TimeSpan.Zero);

    /// <summary>Somebody sets the machine's clock, on or back; no time passes.</summary>
    public void Set(TimeSpan by)
    {
        lock (_lock)
        {
            _set += by;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock and runs, in the order they are due, the timers that it passes.</summary>
    public void Advance(TimeSpan by)
    {
        var end = Elapsed + by;
        while (NextDue(end) is { } timer)
        {
            timer.Fire();
        }

        lock (_lock)
        {
            _now = end;
        }
    }

    /// <summary>Moves the clock from timer to timer, so that whoever waits in small parts arms the next part in between.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        var end = Elapsed + by;
        while (Elapsed < end)
        {
            await WaitForTimerAsync();
            Advance(NextDue() is { } next && next < end ? next - Elapsed : end - Elapsed);
        }
    }

    /// <summary>Ends when somebody waits: whoever was woken has finished and waits again.</summary>
    public Task WaitForTimerAsync() =>
        Eventually.Be("a timer is armed", () => NextDue() is not null, TimeSpan.FromSeconds(10));

    /// <summary>How long it takes until the next timer fires; null where nobody waits.</summary>
    public TimeSpan? UntilNextTimer => NextDue() - Elapsed;

    private DateTimeOffset? NextDue()
    {
        lock (_lock)
        {
            return _timers.Count == 0 ? null : _timers.Min(timer => timer.Due);
        }
    }

    private ManualTimer? NextDue(DateTimeOffset end)
    {
        lock (_lock)
        {
            var timer = _timers.Where(t => t.Due <= end).MinBy(t => t.Due);
            if (timer is null)
            {
                return null;
            }

            _now = timer.Due > _now ? timer.Due : _now;
            timer.Rearm();
            return timer;
        }
    }

    private sealed class ManualTimer(ManualTime time, Action callback) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        public DateTimeOffset Due { get; private set; }

        public void Fire() => callback();

        public void Rearm()
        {
            if (_period > TimeSpan.Zero)
            {
                Due += _period;
            }
            else
            {
                time._timers.Remove(this);
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                time._timers.Remove(this);
                _period = period;
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = time._now + dueTime;
                    time._timers.Add(this);
                }

                return true;
            }
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
