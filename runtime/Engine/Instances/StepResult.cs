using Microsoft.DurableTask;
using Trainyard.Runtime.Engine.Execution;
using Trainyard.Runtime.Engine.History;
using Trainyard.Runtime.Engine.Storage;

namespace Trainyard.Runtime.Engine.Instances;

/// <summary>What a step leaves to be kept.</summary>
/// <param name="Inputs">What it consumed.</param>
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

    /// <summary>What clients see of a failed one.</summary>
    public TaskFailureDetails? Failure { get; init; }

    /// <summary>What a parent is told when the sub-orchestration did not complete.</summary>
    public TaskFailureDetails? Answer { get; init; }

    /// <summary>Whether trying again cannot help.</summary>
    public bool IsFinal { get; init; }

    public bool EndsChildren { get; init; }
}
