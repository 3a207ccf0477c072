namespace Trainyard.Contracts;

/// <summary>Explains a failed run; only in answers about a single run.</summary>
public sealed record FailureResource
{
    /// <summary>What happened, in one sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>The meaning of the command's exit code, without the code; left out if it has none.</summary>
    public string? ExitCodeMeaning { get; init; }

    /// <summary>Things to try, the most likely fix first.</summary>
    public required IReadOnlyList<string> Advice { get; init; }

    /// <summary>The last lines of the log, at most 20, each cut to 500 characters.</summary>
    public required IReadOnlyList<string> LogTail { get; init; }

    /// <summary>The command's peak memory in bytes; left out if no node measured it.</summary>
    public long? PeakMemoryBytes { get; init; }
}
