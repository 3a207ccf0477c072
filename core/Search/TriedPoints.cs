namespace Trainyard.Core.Search;

/// <summary>The tried points: in a finite space none is tried twice.</summary>
internal sealed class TriedPoints(SearchSpace space, IEnumerable<Observation> tried)
{
    private const int Tries = 200;

    // Up to this many points, all can be enumerated.
    private const long FewPoints = 100_000;

    private readonly HashSet<string> _keys = [.. tried.Select(t => KeyOf(space, t.Point))];

    public bool Has(IReadOnlyList<double> point) => _keys.Contains(KeyOf(space, point));

    public bool AreAll => space.Size is { } size && _keys.Count >= size;

    /// <summary>A random untried point; null when all were tried.</summary>
    public double[]? Fresh(Random random)
    {
        if (AreAll)
        {
            return null;
        }
        for (var i = 0; i < Tries; i++)
        {
            var point = space.Sample(random);
            if (!Has(point))
            {
                return point;
            }
        }
        // Nearly all points were tried, so enumerate the rest.
        return space.Size is { } size and <= FewPoints ? Remaining(size, random) : space.Sample(random);
    }

    private double[]? Remaining(long size, Random random)
    {
        var left = new List<double[]>();
        for (long index = 0; index < size; index++)
        {
            var point = PointAt(index);
            if (!Has(point))
            {
                left.Add(point);
            }
        }
        return left.Count == 0 ? null : left[random.Next(left.Count)];
    }

    private double[] PointAt(long index)
    {
        var point = new double[space.Dimensions.Count];
        for (var i = point.Length - 1; i >= 0; i--)
        {
            var count = space.Dimensions[i].Count!.Value;
            point[i] = Dimension.UnitOfIndex(index % count, count);
            index /= count;
        }
        return point;
    }

    private static string KeyOf(SearchSpace space, IReadOnlyList<double> point) =>
        string.Join('\n', space.Dimensions.Select((d, i) => d.At(point[i]).ToString()));
}
