using Microsoft.DurableTask;
using Trainyard.Runtime.Engine.Execution;
using Trainyard.Runtime.Engine.History;
using Trainyard.Runtime.Engine.Storage;

namespace Trainyard.Runtime.Engine.Instances;

/// <summary>The result of a step, to be stored.</summary>
/// <param name="Inputs">The inputs that the step consumed.</param>
internal sealed record StepResult(IReadOnlyList<Input> Inputs, InstanceState State)
{
    /// <summary>Null when the orchestrator itself did not run, or starts over.</summary>
    public Turn? Turn { get; init; }

    public IReadOnlyList<OrchestratorAction> Actions { get; init; } = [];

    public StartsOver? Next { get; init; }

    public Ending? End { get; init; }
}

/// <summary>How an orchestration ended.</summary>
internal sealed record Ending
{
    public string? Output { get; init; }

    /// <summary>The failure that clients see; null when there is none.</summary>
    public TaskFailureDetails? Failure { get; init; }

    /// <summary>The failure that a parent gets when the sub-orchestration did not complete.</summary>
    public TaskFailureDetails? Answer { get; init; }

    /// <summary>Whether a retry is pointless.</summary>
    public bool IsFinal { get; init; }

    public bool EndsChildren { get; init; }
}
