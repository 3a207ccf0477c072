namespace Trainyard.Core.Search;

/// <summary>A point that was tried.</summary>
/// <param name="Point">Its coordinates.</param>
/// <param name="Loss">What came out, less being better; null while nothing has, or where it failed.</param>
/// <param name="IsPending">Whether it is being tried.</param>
public sealed record Observation(IReadOnlyList<double> Point, double? Loss, bool IsPending = false);
