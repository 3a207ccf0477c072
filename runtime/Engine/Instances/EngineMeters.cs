using System.Diagnostics.Metrics;

namespace Trainyard.Runtime.Engine.Instances;

/// <summary>The metrics of an engine's workload.</summary>
internal sealed class EngineMeters : IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string Name = "Trainyard.Engine";

    private readonly Meter _meter = new(Name);

    public EngineMeters(DurableEngine engine, ActivityDispatcher activities)
    {
        _meter.CreateObservableGauge(
            "pending_orchestrations",
            () => engine.Scheduler.Waiting,
            description: "Orchestrations that may take a step and wait for a thread."
        );
        _meter.CreateObservableGauge(
            "pending_activities",
            () => activities.Calls.Waiting,
            description: "Activities that were asked for and have not begun."
        );
        _meter.CreateObservableGauge(
            "running_activities",
            () => activities.Calls.Running,
            description: "Activities that run."
        );
        _meter.CreateObservableGauge(
            "oldest_work_item_seconds",
            () => Math.Max(engine.Scheduler.OldestWait.TotalSeconds, activities.Calls.OldestWait.TotalSeconds),
            description: "How long the oldest orchestration or activity waits for a thread."
        );
    }

    public void Dispose() => _meter.Dispose();
}
