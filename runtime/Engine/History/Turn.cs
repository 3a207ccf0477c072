namespace Trainyard.Runtime.Engine.History;

/// <summary>One step of an orchestration: its time, its inputs, and the orchestrator's actions.</summary>
internal sealed record Turn(DateTime Time, IReadOnlyList<Input> Inputs, IReadOnlyList<OrchestratorAction> Actions);
