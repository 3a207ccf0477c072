using Trainyard.Contracts.Agents;

namespace Trainyard.Orchestrations;

/// <summary>An external event of a run's orchestration. Defines the event's name in one place.</summary>
public interface IRunEvent
{
    static abstract string Name { get; }
}

/// <summary>A node got an attempt and begins its downloads.</summary>
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

    /// <summary>The learner that ended, from 1.</summary>
    public int Learner { get; init; } = 1;

    public required AttemptOutcome Outcome { get; init; }

    public int? ExitCode { get; init; }

    /// <summary>Seconds the command ran; null when it never did, and in older events.</summary>
    public double? CommandSeconds { get; init; }

    public string Message { get; init; } = "";

    /// <summary>For a failed download, the code of the store's failure behind it; null for none, and in older events.</summary>
    public string? Cause { get; init; }

    /// <summary>Why some of the command's output is missing, as a sentence; null when all of it arrived.</summary>
    public string? Undelivered { get; init; }
}

/// <summary>The lease of an attempt's node has expired.</summary>
public sealed record NodeLost(int Attempt, string Node) : IRunEvent
{
    /// <summary>The learner of the silent node, from 1; the others lost their leases with it.</summary>
    public int Learner { get; init; } = 1;

    public static string Name => nameof(NodeLost);
}

/// <summary>The owner wants the run to end.</summary>
public sealed record CancelRequested : IRunEvent
{
    public static string Name => nameof(CancelRequested);

    /// <summary>
    /// Whether results were being stored at the time of the request; the cancel then ends the storing too.
    /// </summary>
    public bool WhileStoring { get; init; }
}

/// <summary>
/// Tells an experiment's run or an array to look again: one of its training runs ended, or its owner canceled it.
/// </summary>
public sealed record ExperimentMoved : IRunEvent
{
    public static string Name => nameof(ExperimentMoved);
}
