namespace Trainyard.Core.Search;

/// <summary>A point that was tried.</summary>
/// <param name="Point">Its coordinates.</param>
/// <param name="Loss">The loss, lower is better; null when there is none yet, or when the trial failed.</param>
/// <param name="IsPending">Whether it is being tried.</param>
public sealed record Observation(IReadOnlyList<double> Point, double? Loss, bool IsPending = false);
