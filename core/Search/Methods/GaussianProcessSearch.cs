using Trainyard.Core.Search.Surrogates;

namespace Trainyard.Core.Search.Methods;

/// <summary>Bayesian optimization: the candidate whose expected improvement, under a Gaussian process, is the greatest.</summary>
internal sealed class GaussianProcessSearch(SearchSpace space) : ModelSearch(space)
{
    // The matrix is factored some twenty times for each point.
    private const int MostPoints = 120;

    protected override double[]? Choose(IReadOnlyList<KnownPoint> known, int number, Random random, TriedPoints tried)
    {
        var best = known.Where(k => k.IsMeasured).MinBy(k => k.Loss)!;
        var used = known.OrderBy(k => k.Loss).Take(MostPoints).ToList();
        // The best and worst may be decades apart; what matters is the order near the best.
        var values = used.Select(k => Math.Log(1 + (k.Loss - best.Loss) / Spread(used))).ToArray();
        var process = GaussianProcess.Fit([.. used.Select(k => k.Features)], values, random);
        return Candidates(best.Point, random, tried)
            .MaxBy(point => process.ExpectedImprovement(Space.Encode(point), least: 0));
    }

    private static double Spread(List<KnownPoint> ordered) =>
        Math.Max(1e-12, (ordered[ordered.Count / 2].Loss - ordered[0].Loss) / 4);
}
