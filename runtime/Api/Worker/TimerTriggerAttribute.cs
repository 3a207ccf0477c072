using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Runs the function on a schedule, in UTC.</summary>
public sealed class TimerTriggerAttribute : TriggerBindingAttribute
{
    /// <param name="schedule">Six NCRONTAB fields, a <see cref="TimeSpan"/>, or <c>%Setting%</c> that holds either.</param>
    public TimerTriggerAttribute(string schedule)
    {
        Schedule = schedule;
        UseMonitor = true;
    }

    public string Schedule { get; private set; }

    /// <summary>Whether occurrences are kept, so that one missed while stopped is caught up.</summary>
    public bool UseMonitor { get; set; }

    public bool RunOnStartup { get; set; }
}
