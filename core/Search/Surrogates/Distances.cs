namespace Trainyard.Core.Search.Surrogates;

internal static class Distances
{
    public static double Squared(double[] a, double[] b)
    {
        double sum = 0;
        for (var i = 0; i < a.Length; i++)
        {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return sum;
    }

    public static double Nearest(double[] point, IReadOnlyList<double[]> others)
    {
        var nearest = double.PositiveInfinity;
        foreach (var other in others)
        {
            nearest = Math.Min(nearest, Squared(point, other));
        }
        return Math.Sqrt(nearest);
    }
}
