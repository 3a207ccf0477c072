namespace Trainyard.Cli.Following;

/// <summary>What of a run is followed.</summary>
internal enum MonitorScope
{
    /// <summary>Phases and log lines as they come.</summary>
    Everything,
    Logs,
    Metrics,
}
