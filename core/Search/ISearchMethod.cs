namespace Trainyard.Core.Search;

/// <summary>
/// Chooses points. Stateless and deterministic: the same arguments give the same point, so a search can continue from
/// its record.
/// </summary>
public interface ISearchMethod
{
    /// <summary>The next point, or null when every point was tried.</summary>
    /// <param name="tried">Every point chosen so far, in the order of their numbers.</param>
    /// <param name="seed">The seed of the search's random choices.</param>
    double[]? Propose(IReadOnlyList<Observation> tried, int seed);
}
