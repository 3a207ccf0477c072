using Microsoft.DurableTask;
using Trainyard.Runtime.Engine.History;

namespace Trainyard.Runtime.Engine.Execution;

/// <summary>The outcome of one step.</summary>
internal abstract record TurnOutcome(IReadOnlyList<OrchestratorAction> Actions);

/// <summary>The orchestrator waits for something.</summary>
internal sealed record Waits(IReadOnlyList<OrchestratorAction> Actions) : TurnOutcome(Actions);

internal sealed record Completes(IReadOnlyList<OrchestratorAction> Actions, string? Output) : TurnOutcome(Actions);

internal sealed record Fails(
    IReadOnlyList<OrchestratorAction> Actions,
    TaskFailureDetails Failure,
    bool IsFinal = false
) : TurnOutcome(Actions);

/// <summary>The orchestrator starts over (ContinueAsNew) with the events that it has not consumed.</summary>
internal sealed record StartsOver(
    IReadOnlyList<OrchestratorAction> Actions,
    string? Input,
    IReadOnlyList<EventRaised> KeptEvents
) : TurnOutcome(Actions);
