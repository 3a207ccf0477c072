using Microsoft.DurableTask.Client;

namespace Trainyard.Runtime.Engine.Storage;

/// <summary>The fixed facts of one execution of an instance. Only ContinueAsNew changes one: the input.</summary>
internal sealed record InstanceRecord
{
    public required long Seq { get; init; }

    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Version { get; init; }

    public required DateTime CreatedAt { get; init; }

    public DateTime? StartAt { get; init; }

    public ParentLink? Parent { get; init; }

    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    public string? Input { get; init; }
}

/// <summary>The parent orchestration and its task that a sub-orchestration answers.</summary>
internal sealed record ParentLink(long Seq, int Generation, int TaskId, string Id, string Name);

/// <summary>The part of an instance that every step may change.</summary>
internal sealed record InstanceState
{
    public required OrchestrationRuntimeStatus Status { get; init; }

    public required DateTime UpdatedAt { get; init; }

    public int Generation { get; init; }

    /// <summary>
    /// Open work that only the engine can advance: activities without a result, a generation that has not begun.
    /// </summary>
    public int Busy { get; init; }

    /// <summary>The due time of the next timer or of a scheduled start.</summary>
    public DateTime? NextDue { get; init; }

    public string? CustomStatus { get; init; }

    public bool HasEnded => Status.HasEnded();
}

internal static class StatusExtensions
{
    public static bool HasEnded(this OrchestrationRuntimeStatus status) =>
        status
            is OrchestrationRuntimeStatus.Completed
                or OrchestrationRuntimeStatus.Failed
                or OrchestrationRuntimeStatus.Terminated;
}
