using System.Globalization;
using NCrontab;
using Trainyard.Runtime.Triggers.Settings;

namespace Trainyard.Runtime.Triggers.Timers;

/// <summary>When a timer is due: NCRONTAB (six fields, or five without seconds) or a constant interval.</summary>
internal sealed class TimerSchedule
{
    private static readonly TimeSpan ShortestMonitored = TimeSpan.FromMinutes(1);
    private readonly Func<DateTime, DateTime> _next;

    private TimerSchedule(Func<DateTime, DateTime> next) => _next = next;

    /// <exception cref="HostStartException">The text is neither form.</exception>
    public static TimerSchedule Parse(string text)
    {
        if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var interval) && interval > TimeSpan.Zero)
        {
            return new TimerSchedule(time => time + interval);
        }
        var seconds = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == 6;
        var options = new CrontabSchedule.ParseOptions { IncludingSeconds = seconds };
        return CrontabSchedule.TryParse(text, options) is { } schedule
            ? new TimerSchedule(schedule.GetNextOccurrence)
            : throw new HostStartException(
                $"'{text}' is not a schedule; give six fields as in '0 */5 * * * *', or an interval as in '00:05:00'."
            );
    }

    /// <summary>The first occurrence after a time, both UTC.</summary>
    public DateTime After(DateTime time) => DateTime.SpecifyKind(_next(time), DateTimeKind.Utc);

    /// <summary>As in the real host, a schedule that recurs within a minute is not worth catching up.</summary>
    public bool IsWorthMonitoring(DateTime now)
    {
        var first = After(now);
        return After(first) - first >= ShortestMonitored;
    }
}
