namespace Trainyard.Runtime.Engine.Instances;

/// <summary>When which instance has to be woken; one time each. Holds a few words for an instance, however long it waits.</summary>
internal sealed class TimerIndex : IDisposable
{
    /// <summary>The longest a system timer takes; an alarm that comes early finds nothing due and is set again.</summary>
    private static readonly TimeSpan LongestAlarm = TimeSpan.FromDays(30);

    private readonly Lock gate = new();
    private readonly SortedSet<(DateTime Due, long Seq)> order = [];
    private readonly Dictionary<long, DateTime> dues = [];
    private readonly TimeProvider clock;
    private readonly Action<long> wake;
    private readonly ITimer alarm;
    private DateTime alarmAt = DateTime.MaxValue;

    public TimerIndex(TimeProvider clock, Action<long> wake)
    {
        this.clock = clock;
        this.wake = wake;
        alarm = clock.CreateTimer(_ => WakeDue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <param name="due">Null for never.</param>
    public void Set(long seq, DateTime? due)
    {
        lock (gate)
        {
            if (dues.TryGetValue(seq, out var old))
            {
                if (old == due)
                {
                    return;
                }

                order.Remove((old, seq));
                dues.Remove(seq);
            }

            if (due is { } time)
            {
                dues.Add(seq, time);
                order.Add((time, seq));
                SetAlarm();
            }
        }
    }

    public void Dispose() => alarm.Dispose();

    private void WakeDue()
    {
        List<long> woken = [];
        lock (gate)
        {
            alarmAt = DateTime.MaxValue;
            var now = clock.GetUtcNow().UtcDateTime;
            while (order.Count > 0 && order.Min.Due <= now)
            {
                var first = order.Min;
                order.Remove(first);
                dues.Remove(first.Seq);
                woken.Add(first.Seq);
            }

            SetAlarm();
        }

        woken.ForEach(wake);
    }

    private void SetAlarm()
    {
        if (order.Count == 0 || order.Min.Due >= alarmAt)
        {
            return;
        }

        alarmAt = order.Min.Due;
        var delay = alarmAt - clock.GetUtcNow().UtcDateTime;
        // System timers count whole milliseconds: round up, so that the instance is due when it wakes.
        var rounded = TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(0, delay.TotalMilliseconds)));
        alarm.Change(rounded < LongestAlarm ? rounded : LongestAlarm, Timeout.InfiniteTimeSpan);
    }
}
