namespace Trainyard.Core.Search.Methods;

/// <summary>
/// The density of one hyperparameter's values: a normal distribution around each, as wide as the distance to its
/// neighbours, plus a uniform part, so that no value is impossible. For categories it counts frequencies.
/// </summary>
internal sealed class ParzenEstimator(Dimension dimension, double[] ordered)
{
    private const double Narrowest = 0.01;

    private readonly double[] _widths = WidthsOf(ordered);
    private readonly double[] _shares = SharesOf(dimension, ordered);

    public double Draw(Random random)
    {
        if (dimension.IsCategorical)
        {
            return DrawCategory(random);
        }
        var which = random.Next(ordered.Length + 1);
        if (which == ordered.Length)
        {
            return random.NextDouble();
        }
        var drawn = ordered[which] + (_widths[which] * random.Normal());
        return drawn is >= 0 and <= 1 ? drawn : random.NextDouble();
    }

    public double LogDensity(double unit)
    {
        if (dimension.IsCategorical)
        {
            return Math.Log(_shares[Dimension.IndexOf(unit, _shares.Length)]);
        }
        var sum = 1.0;
        for (var i = 0; i < ordered.Length; i++)
        {
            var z = (unit - ordered[i]) / _widths[i];
            sum += Math.Exp(-0.5 * z * z) / (_widths[i] * Math.Sqrt(2 * Math.PI));
        }
        return Math.Log(sum / (ordered.Length + 1));
    }

    private double DrawCategory(Random random)
    {
        var at = random.NextDouble();
        for (var i = 0; i < _shares.Length; i++)
        {
            at -= _shares[i];
            if (at < 0)
            {
                return Dimension.UnitOfIndex(i, _shares.Length);
            }
        }
        return Dimension.UnitOfIndex(_shares.Length - 1, _shares.Length);
    }

    private static double[] WidthsOf(double[] ordered)
    {
        var most = Math.Max(Narrowest, 1.0 / Math.Min(100, 1 + ordered.Length));
        return
        [
            .. ordered.Select(
                (at, i) =>
                    Math.Clamp(
                        Math.Max(
                            at - (i == 0 ? 0 : ordered[i - 1]),
                            (i == ordered.Length - 1 ? 1 : ordered[i + 1]) - at
                        ),
                        Math.Min(Narrowest, most),
                        0.5
                    )
            ),
        ];
    }

    private static double[] SharesOf(Dimension dimension, double[] ordered)
    {
        if (!dimension.IsCategorical)
        {
            return [];
        }
        var shares = Enumerable.Repeat(1.0, (int)dimension.Count!.Value).ToArray();
        foreach (var unit in ordered)
        {
            shares[Dimension.IndexOf(unit, shares.Length)]++;
        }
        var sum = shares.Sum();
        return [.. shares.Select(s => s / sum)];
    }
}
