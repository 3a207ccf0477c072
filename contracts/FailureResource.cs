namespace Trainyard.Contracts;

/// <summary>A failed run explained: only where one run is asked for.</summary>
public sealed record FailureResource
{
    /// <summary>What happened, in one sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>What the command's exit code says, where it says something; without the code.</summary>
    public string? ExitCodeMeaning { get; init; }

    /// <summary>What to try, the likeliest first.</summary>
    public required IReadOnlyList<string> Advice { get; init; }

    /// <summary>The last lines of the log, at most 20, each cut to 500 characters.</summary>
    public required IReadOnlyList<string> LogTail { get; init; }

    /// <summary>The most memory that the command held at once, in bytes; left out where no node counted it.</summary>
    public long? PeakMemoryBytes { get; init; }
}
