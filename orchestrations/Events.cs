using Trainyard.Contracts.Agents;

namespace Trainyard.Orchestrations;

/// <summary>What a run's orchestration is told from outside. The one definition of an event's name.</summary>
public interface IRunEvent
{
    static abstract string Name { get; }
}

/// <summary>A node was given an attempt and begins to download.</summary>
public sealed record RunLeased(int Attempt) : IRunEvent
{
    public static string Name => nameof(RunLeased);
}

/// <summary>A node reports that an attempt's command has started.</summary>
public sealed record RunStarted(int Attempt) : IRunEvent
{
    public static string Name => nameof(RunStarted);
}

/// <summary>A node reports that an attempt has ended, its log drained and its results staged.</summary>
public sealed record RunFinished : IRunEvent
{
    public static string Name => nameof(RunFinished);

    public required int Attempt { get; init; }

    public required AttemptOutcome Outcome { get; init; }

    public int? ExitCode { get; init; }

    public string Message { get; init; } = "";

    /// <summary>Why not all that the command left has arrived, as a sentence; null when it has.</summary>
    public string? Undelivered { get; init; }
}

/// <summary>The lease of an attempt's node has expired.</summary>
public sealed record NodeLost(int Attempt, string Node) : IRunEvent
{
    public static string Name => nameof(NodeLost);
}

/// <summary>The owner wants the run to end.</summary>
public sealed record CancelRequested : IRunEvent
{
    public static string Name => nameof(CancelRequested);

    /// <summary>Whether results were being stored when it was asked for: then it ends that too.</summary>
    public bool WhileStoring { get; init; }
}

/// <summary>Something happened to an experiment's run that it should look at: a training run of it ended, or its owner wants its end.</summary>
public sealed record ExperimentMoved : IRunEvent
{
    public static string Name => nameof(ExperimentMoved);
}
