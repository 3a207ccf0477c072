namespace Trainyard.Core.Search.Methods;

/// <summary>
/// Tries every combination, the last hyperparameter changing fastest. For a continuous range it takes evenly spaced
/// values, including both ends.
/// </summary>
internal sealed class GridSearch(SearchSpace space, int levels) : ISearchMethod
{
    public long Size => space.Dimensions.Aggregate(1L, (size, d) => size > int.MaxValue ? size : size * CountOf(d));

    public double[]? Propose(IReadOnlyList<Observation> tried, int seed)
    {
        long index = tried.Count;
        if (index >= Size)
        {
            return null;
        }
        var point = new double[space.Dimensions.Count];
        for (var i = point.Length - 1; i >= 0; i--)
        {
            var dimension = space.Dimensions[i];
            var count = CountOf(dimension);
            var level = index % count;
            point[i] = dimension.Count is null ? level / Math.Max(1.0, count - 1) : Dimension.UnitOfIndex(level, count);
            index /= count;
        }
        return point;
    }

    private long CountOf(Dimension dimension) => dimension.Count ?? levels;
}
