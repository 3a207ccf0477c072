namespace Trainyard.Core.Search.Methods;

/// <summary>Draws each value uniformly at random.</summary>
internal sealed class RandomSearch(SearchSpace space) : ISearchMethod
{
    public double[]? Propose(IReadOnlyList<Observation> tried, int seed) =>
        new TriedPoints(space, tried).Fresh(SeededRandom.Of(seed, tried.Count));
}
