using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace Trainyard.Core.Search.Surrogates;

/// <summary>
/// A Gaussian process with a Matérn 5/2 kernel and one length scale per coordinate. Of several random length scales
/// and noises it takes those with the greatest likelihood.
/// </summary>
internal sealed class GaussianProcess
{
    private const int Tries = 24;

    // The smallest noise keeps the matrix invertible.
    private static readonly double[] Noises = [1e-6, 1e-4, 1e-2];

    private readonly IReadOnlyList<double[]> _points;
    private readonly double[] _lengths;
    private readonly Cholesky<double> _factor;
    private readonly Vector<double> _weights;
    private readonly double _mean;
    private readonly double _deviation;

    private GaussianProcess(IReadOnlyList<double[]> points, double[] values, double[] lengths, double noise)
    {
        _points = points;
        _lengths = lengths;
        _mean = values.Average();
        _deviation = Math.Max(1e-12, Math.Sqrt(values.Average(v => (v - _mean) * (v - _mean))));
        var scaled = Vector<double>.Build.Dense(values.Length, i => (values[i] - _mean) / _deviation);
        var kernel = Matrix<double>.Build.Dense(
            points.Count,
            points.Count,
            (i, j) => Kernel(points[i], points[j]) + (i == j ? noise : 0)
        );
        _factor = kernel.Cholesky();
        _weights = _factor.Solve(scaled);
        LogLikelihood = (-0.5 * scaled.DotProduct(_weights)) - (0.5 * _factor.DeterminantLn);
    }

    public double LogLikelihood { get; }

    public static GaussianProcess Fit(IReadOnlyList<double[]> points, double[] values, Random random)
    {
        var best = new GaussianProcess(points, values, [.. points[0].Select(_ => 0.4)], Noises[1]);
        for (var i = 0; i < Tries; i++)
        {
            var common = Math.Pow(10, -1.2 + (1.7 * random.NextDouble()));
            double[] lengths = [.. points[0].Select(_ => common * Math.Pow(10, random.NextDouble() - 0.5))];
            var tried = new GaussianProcess(points, values, lengths, Noises[i % Noises.Length]);
            if (tried.LogLikelihood > best.LogLikelihood)
            {
                best = tried;
            }
        }
        return best;
    }

    /// <summary>The expected improvement of a point over the lowest value so far.</summary>
    public double ExpectedImprovement(double[] point, double least)
    {
        var covariances = Vector<double>.Build.Dense(_points.Count, i => Kernel(point, _points[i]));
        var mean = _mean + (_deviation * covariances.DotProduct(_weights));
        var variance = 1 - covariances.DotProduct(_factor.Solve(covariances));
        var deviation = _deviation * Math.Sqrt(Math.Max(1e-12, variance));
        var z = (least - mean) / deviation;
        return deviation * ((z * Normal.CDF(0, 1, z)) + Normal.PDF(0, 1, z));
    }

    private double Kernel(double[] a, double[] b)
    {
        double squared = 0;
        for (var i = 0; i < a.Length; i++)
        {
            var apart = (a[i] - b[i]) / _lengths[i];
            squared += apart * apart;
        }
        var distance = Math.Sqrt(5 * squared);
        return (1 + distance + (5 * squared / 3)) * Math.Exp(-distance);
    }
}
