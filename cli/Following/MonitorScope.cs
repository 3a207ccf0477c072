namespace Trainyard.Cli.Following;

/// <summary>The part of a run that is followed.</summary>
internal enum MonitorScope
{
    /// <summary>Phases and log lines as they come.</summary>
    Everything,
    Logs,
    Metrics,
}
