namespace Trainyard.Core.Runs;

/// <summary>How far the last attempt's command says it has come; each null where it does not say.</summary>
public sealed record TrainingProgress
{
    /// <summary>When it was said.</summary>
    public required DateTimeOffset At { get; init; }

    public long? Step { get; init; }

    public long? Steps { get; init; }

    /// <summary>0 to 100.</summary>
    public double? Percent { get; init; }

    public double? SecondsLeft { get; init; }
}
