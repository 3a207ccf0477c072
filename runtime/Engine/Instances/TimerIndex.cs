namespace Trainyard.Runtime.Engine.Instances;

/// <summary>
/// The wake-up time of each instance, one per instance. Holds a few words per instance, however long it waits.
/// </summary>
internal sealed class TimerIndex : IDisposable
{
    /// <summary>The longest delay of a system timer. An early alarm finds nothing due and is set again.</summary>
    private static readonly TimeSpan LongestAlarm = TimeSpan.FromDays(30);

    private readonly Lock _gate = new();
    private readonly SortedSet<(DateTime Due, long Seq)> _order = [];
    private readonly Dictionary<long, DateTime> _dues = [];
    private readonly TimeProvider _clock;
    private readonly Action<long> _wake;
    private readonly ITimer _alarm;
    private DateTime _alarmAt = DateTime.MaxValue;

    public TimerIndex(TimeProvider clock, Action<long> wake)
    {
        _clock = clock;
        _wake = wake;
        _alarm = clock.CreateTimer(_ => WakeDue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <param name="due">Null for never.</param>
    public void Set(long seq, DateTime? due)
    {
        lock (_gate)
        {
            if (_dues.TryGetValue(seq, out var old))
            {
                if (old == due)
                {
                    return;
                }

                _order.Remove((old, seq));
                _dues.Remove(seq);
            }

            if (due is { } time)
            {
                _dues.Add(seq, time);
                _order.Add((time, seq));
                SetAlarm();
            }
        }
    }

    public void Dispose() => _alarm.Dispose();

    private void WakeDue()
    {
        List<long> woken = [];
        lock (_gate)
        {
            _alarmAt = DateTime.MaxValue;
            var now = _clock.GetUtcNow().UtcDateTime;
            while (_order.Count > 0 && _order.Min.Due <= now)
            {
                var first = _order.Min;
                _order.Remove(first);
                _dues.Remove(first.Seq);
                woken.Add(first.Seq);
            }

            SetAlarm();
        }

        woken.ForEach(_wake);
    }

    private void SetAlarm()
    {
        if (_order.Count == 0 || _order.Min.Due >= _alarmAt)
        {
            return;
        }

        _alarmAt = _order.Min.Due;
        var delay = _alarmAt - _clock.GetUtcNow().UtcDateTime;
        // System timers count whole milliseconds: round up, so that the instance is due when it wakes.
        var rounded = TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(0, delay.TotalMilliseconds)));
        _alarm.Change(rounded < LongestAlarm ? rounded : LongestAlarm, Timeout.InfiniteTimeSpan);
    }
}
