namespace Trainyard.Core.Runs;

/// <summary>The progress that the last attempt's command reports; each value is null when it is not reported.</summary>
public sealed record TrainingProgress
{
    /// <summary>The time of the report.</summary>
    public required DateTimeOffset At { get; init; }

    public long? Step { get; init; }

    public long? Steps { get; init; }

    /// <summary>0 to 100.</summary>
    public double? Percent { get; init; }

    public double? SecondsLeft { get; init; }
}
