namespace Trainyard.Core.Search.Methods;

/// <summary>
/// Where some points lie: a kernel around each, over all hyperparameters together, so that values which go well only with each
/// other stay together; and one flat kernel, so that nowhere is impossible.
/// </summary>
internal sealed class ParzenMixture
{
    // Measured by benchmarks/Search. Coordinates go from 0 to 1.
    private const double Narrowest = 0.02;
    private const double Widest = 0.2;
    private const double ShareOfGap = 0.7;

    // What a kernel gives to all categories alike; the rest is its own category's.
    private const double OtherCategories = 0.4;

    private readonly SearchSpace _space;
    private readonly IReadOnlyList<double[]> _points;
    private readonly double[][] _widths;

    public ParzenMixture(SearchSpace space, IReadOnlyList<double[]> points)
    {
        _space = space;
        _points = points;
        var ordered = space.Dimensions.Select((_, i) => points.Select(p => p[i]).Order().ToArray()).ToList();
        _widths = [.. points.Select(p => p.Select((at, i) => WidthAt(at, ordered[i], space.Dimensions[i])).ToArray())];
    }

    public double[] Draw(Random random)
    {
        var which = random.Next(_points.Count + 1);
        if (which == _points.Count)
        {
            return _space.Sample(random);
        }
        var (centre, widths) = (_points[which], _widths[which]);
        return _space.Snap([.. centre.Select((at, i) => DrawNear(at, widths[i], _space.Dimensions[i], random))]);
    }

    public double LogDensity(double[] point)
    {
        // The flat kernel's density is 1 everywhere.
        var logs = _points.Select((_, which) => LogKernel(which, point)).Append(0).ToList();
        var most = logs.Max();
        return most + Math.Log(logs.Average(log => Math.Exp(log - most)));
    }

    private static double DrawNear(double at, double width, Dimension dimension, Random random)
    {
        if (dimension.IsCategorical)
        {
            return random.NextDouble() < OtherCategories ? random.NextDouble() : at;
        }
        var drawn = at + (width * random.Normal());
        return drawn is >= 0 and <= 1 ? drawn : random.NextDouble();
    }

    private double LogKernel(int which, double[] point)
    {
        var (centre, widths, sum) = (_points[which], _widths[which], 0.0);
        for (var i = 0; i < centre.Length; i++)
        {
            sum += _space.Dimensions[i].IsCategorical
                ? LogCategory(centre[i], point[i], _space.Dimensions[i].Count!.Value)
                : LogBell((point[i] - centre[i]) / widths[i], widths[i]);
        }
        return sum;
    }

    private static double LogCategory(double centre, double at, long count)
    {
        var isSame = Dimension.IndexOf(centre, count) == Dimension.IndexOf(at, count);
        return Math.Log(OtherCategories + (isSame ? (1 - OtherCategories) * count : 0));
    }

    private static double LogBell(double z, double width) => (-0.5 * z * z) - Math.Log(width * Math.Sqrt(2 * Math.PI));

    // A share of the way to the farther neighbour; of values that can be counted, at least half of the way to the next one.
    private static double WidthAt(double at, double[] ordered, Dimension dimension)
    {
        var i = Array.BinarySearch(ordered, at);
        var gap = Math.Max(at - (i == 0 ? 0 : ordered[i - 1]), (i == ordered.Length - 1 ? 1 : ordered[i + 1]) - at);
        var least = dimension.Count is { } count ? Math.Max(Narrowest, 0.5 / count) : Narrowest;
        return Math.Clamp(ShareOfGap * gap, least, Math.Max(least, Widest));
    }
}
