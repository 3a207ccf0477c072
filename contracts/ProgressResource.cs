namespace Trainyard.Contracts;

/// <summary>The progress that a command reports; unreported values are left out.</summary>
public sealed record ProgressResource
{
    public long? Step { get; init; }

    public long? Steps { get; init; }

    /// <summary>0 to 100.</summary>
    public double? Percent { get; init; }

    /// <summary>The seconds left, counted from <see cref="UpdatedAt"/>.</summary>
    public double? SecondsLeft { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}
