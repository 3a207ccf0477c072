using Trainyard.Tests.Shared;

namespace Trainyard.Runtime.Tests.Triggers;

/// <summary>A clock that stands until it is told to go on.</summary>
internal sealed class FakeTime(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<FakeTimer> _timers = [];
    private DateTimeOffset _now = start;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _now;
        }
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Goes on step by step, so that whoever waits in small parts arms the next part in between.</summary>
    public async Task AdvanceAsync(TimeSpan time)
    {
        var target = GetUtcNow() + time;
        while (GetUtcNow() < target)
        {
            await WaitForTimerAsync();
            Step(target);
        }
    }

    /// <summary>Whoever fires now has finished and waits again when this ends.</summary>
    public Task WaitForTimerAsync() =>
        Eventually.Be("a timer is armed", () => NextDue() is not null, TimeSpan.FromSeconds(10));

    private void Step(DateTimeOffset target)
    {
        List<FakeTimer> due;
        lock (_lock)
        {
            _now = _timers.Count == 0 || _timers.Min(timer => timer.Due) is var next && next > target ? target : next;
            due = _timers.FindAll(timer => timer.Due <= _now);
            _timers.RemoveAll(due.Contains);
        }
        due.ForEach(timer => timer.Fire());
    }

    private DateTimeOffset? NextDue()
    {
        lock (_lock)
        {
            return _timers.Count == 0 ? null : _timers.Min(timer => timer.Due);
        }
    }

    private sealed class FakeTimer(FakeTime time, Action fire) : ITimer
    {
        public DateTimeOffset Due { get; private set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                time._timers.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = time._now + dueTime;
                    time._timers.Add(this);
                }
            }
            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
