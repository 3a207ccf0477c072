using Microsoft.DurableTask;

namespace Trainyard.Runtime.Engine.History;

/// <summary>Something that happened to an orchestration. Steps consume inputs in order.</summary>
internal abstract record Input
{
    /// <summary>The row that keeps this input until a step consumes it; 0 when none does.</summary>
    public long InboxId { get; init; }

    /// <summary>Whether it acts on the orchestration itself, and so is taken while it is suspended too.</summary>
    public virtual bool IsControl => false;
}

/// <summary>An input that is the answer to a task of one generation (ContinueAsNew begins the next).</summary>
internal abstract record TaskAnswer(int Generation, int TaskId) : Input;

internal sealed record TaskCompleted(int Generation, int TaskId, string? Result) : TaskAnswer(Generation, TaskId);

internal sealed record TaskFailed(int Generation, int TaskId, TaskFailureDetails Details, bool IsFinal)
    : TaskAnswer(Generation, TaskId);

internal sealed record TimerFired(int TaskId) : Input;

internal sealed record EventRaised(string Name, string? Payload) : Input;

internal sealed record Suspended(string? Reason) : Input
{
    public override bool IsControl => true;
}

internal sealed record Resumed(string? Reason) : Input
{
    public override bool IsControl => true;
}

internal sealed record Terminated(string? Output, bool Recursive) : Input
{
    public override bool IsControl => true;
}

/// <summary>The orchestrator awaited something that is not a durable task. Never kept: a replay finds it again.</summary>
internal sealed record Misbehaved(object Execution) : Input
{
    public override bool IsControl => true;
}
