using Trainyard.Core.Search.Surrogates;

namespace Trainyard.Core.Search.Methods;

/// <summary>
/// Bayesian optimization: chooses the candidate with the greatest expected improvement under a Gaussian process.
/// </summary>
internal sealed class GaussianProcessSearch(SearchSpace space) : ModelSearch(space)
{
    // Bounds the cost: the matrix is factored some twenty times for each point.
    private const int MostPoints = 120;

    protected override double[]? Choose(IReadOnlyList<KnownPoint> known, int number, Random random, TriedPoints tried)
    {
        var best = known.Where(k => k.IsMeasured).MinBy(k => k.Loss)!;
        var used = known.OrderBy(k => k.Loss).Take(MostPoints).ToList();
        // Losses may differ by orders of magnitude; the logarithm keeps the order near the best visible.
        var values = used.Select(k => Math.Log(1 + (k.Loss - best.Loss) / Spread(used))).ToArray();
        var process = GaussianProcess.Fit([.. used.Select(k => k.Features)], values, random);
        return Candidates(best.Point, random, tried)
            .MaxBy(point => process.ExpectedImprovement(Space.Encode(point), least: 0));
    }

    private static double Spread(List<KnownPoint> ordered) =>
        Math.Max(1e-12, (ordered[ordered.Count / 2].Loss - ordered[0].Loss) / 4);
}
