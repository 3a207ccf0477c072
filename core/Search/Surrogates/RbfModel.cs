using MathNet.Numerics.LinearAlgebra;

namespace Trainyard.Core.Search.Surrogates;

/// <summary>
/// A cubic radial basis function interpolant with a linear tail. A little smoothing keeps close or repeated points
/// from causing oscillation.
/// </summary>
internal sealed class RbfModel
{
    private const double Smoothing = 1e-6;

    private readonly IReadOnlyList<double[]> _centres;
    private readonly Vector<double> _weights;

    public RbfModel(IReadOnlyList<double[]> centres, IReadOnlyList<double> values)
    {
        _centres = centres;
        var (n, d) = (centres.Count, centres[0].Length);
        var system = Matrix<double>.Build.Dense(n + d + 1, n + d + 1);
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                system[i, j] = Cubic(centres[i], centres[j]);
            }
            system[i, i] += Smoothing;
            system[i, n] = system[n, i] = 1;
            for (var k = 0; k < d; k++)
            {
                system[i, n + 1 + k] = system[n + 1 + k, i] = centres[i][k];
            }
        }
        // A coordinate that is equal in all centres has no defined slope, so it is set to zero.
        for (var k = n; k < n + d + 1; k++)
        {
            system[k, k] -= Smoothing;
        }
        var right = Vector<double>.Build.Dense(n + d + 1);
        for (var i = 0; i < n; i++)
        {
            right[i] = values[i];
        }
        _weights = system.LU().Solve(right);
    }

    public double Predict(double[] point)
    {
        var n = _centres.Count;
        var sum = _weights[n];
        for (var i = 0; i < n; i++)
        {
            sum += _weights[i] * Cubic(point, _centres[i]);
        }
        for (var k = 0; k < point.Length; k++)
        {
            sum += _weights[n + 1 + k] * point[k];
        }
        return sum;
    }

    private static double Cubic(double[] a, double[] b)
    {
        var squared = Distances.Squared(a, b);
        return squared * Math.Sqrt(squared);
    }
}
