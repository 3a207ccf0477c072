namespace Trainyard.Runtime.Engine.History;

/// <summary>
/// An action that an orchestrator requested in one step. Task ids count up from 0 within a generation.
/// </summary>
internal abstract record OrchestratorAction(int TaskId)
{
    /// <summary>Names the action in messages to developers.</summary>
    public abstract string Description { get; }

    /// <summary>Whether a replay that asks for <paramref name="other"/> here is still the same orchestrator.</summary>
    public bool IsSameStep(OrchestratorAction other) => Description == other.Description;
}

internal sealed record ActivityScheduled(int TaskId, string Name, string? Payload) : OrchestratorAction(TaskId)
{
    public override string Description => $"activity '{Name}'";
}

internal sealed record TimerCreated(int TaskId, DateTime DueAt) : OrchestratorAction(TaskId)
{
    public override string Description => "timer";
}

internal sealed record ChildStarted(
    int TaskId,
    string Name,
    string InstanceId,
    string? Payload,
    string Version,
    IReadOnlyDictionary<string, string> Tags
) : OrchestratorAction(TaskId)
{
    public override string Description => $"sub-orchestration '{Name}'";
}

internal sealed record EventSent(int TaskId, string InstanceId, string Name, string? Payload)
    : OrchestratorAction(TaskId)
{
    public override string Description => $"event '{Name}' to '{InstanceId}'";
}
