namespace Microsoft.Azure.Functions.Worker;

/// <summary>What a timer function is told about the occurrence it runs for.</summary>
public class TimerInfo
{
    public ScheduleStatus? ScheduleStatus { get; set; }

    /// <summary>Whether the occurrence was missed and is being caught up.</summary>
    public bool IsPastDue { get; set; }
}

/// <summary>The monitored state of one schedule, in UTC.</summary>
public class ScheduleStatus
{
    public DateTime Last { get; set; }

    public DateTime Next { get; set; }

    public DateTime LastUpdated { get; set; }
}
