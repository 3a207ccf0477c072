namespace Trainyard.Runtime.Engine.History;

/// <summary>One step of an orchestration: when, what had happened, what the orchestrator then asked for.</summary>
internal sealed record Turn(DateTime Time, IReadOnlyList<Input> Inputs, IReadOnlyList<OrchestratorAction> Actions);
