namespace Trainyard.Benchmarks.Scheduling;

/// <summary>Random numbers of the distributions that traces follow.</summary>
internal static class Draw
{
    public static T Pick<T>(this Random random, params ReadOnlySpan<(T Value, int Weight)> choices)
    {
        var total = 0;
        foreach (var (_, weight) in choices)
        {
            total += weight;
        }
        var left = random.Next(total);
        var i = 0;
        while (left >= choices[i].Weight)
        {
            left -= choices[i++].Weight;
        }
        return choices[i].Value;
    }

    public static double LogNormal(this Random random, double median, double sigma)
    {
        var (one, other) = (1 - random.NextDouble(), random.NextDouble());
        return median * Math.Exp(sigma * Math.Sqrt(-2 * Math.Log(one)) * Math.Cos(2 * Math.PI * other));
    }

    /// <summary>Some owners submit very much more than others: the higher the power, the fewer do.</summary>
    public static int Owner(this Random random, int owners, double power) =>
        Math.Min(owners - 1, (int)(owners * Math.Pow(random.NextDouble(), power)));
}
