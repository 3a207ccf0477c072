namespace Trainyard.Core.Search;

/// <summary>
/// Chooses points. Keeps nothing between calls: the same arguments give the same point, so a search goes on from what is
/// written of it.
/// </summary>
public interface ISearchMethod
{
    /// <summary>The next point, or null when there is none that was not tried.</summary>
    /// <param name="tried">Every point chosen so far, in the order of their numbers.</param>
    /// <param name="seed">What the search's chance depends on.</param>
    double[]? Propose(IReadOnlyList<Observation> tried, int seed);
}
