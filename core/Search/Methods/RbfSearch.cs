using Trainyard.Core.Search.Surrogates;

namespace Trainyard.Core.Search.Methods;

/// <summary>
/// Global optimization by radial basis functions: chooses the candidate with a low interpolated loss and a large
/// distance to the tried points. The weight of the distance cycles between exploration and refinement of the best.
/// </summary>
internal sealed class RbfSearch(SearchSpace space) : ModelSearch(space)
{
    // The weight of the predicted loss; the distance has the rest.
    private static readonly double[] Cycle = [0.3, 0.6, 0.85, 0.97, 1];

    // With more centres, solving the system takes too long.
    private const int MostCentres = 250;

    protected override double[]? Choose(IReadOnlyList<KnownPoint> known, int number, Random random, TriedPoints tried)
    {
        var centres = known.OrderBy(k => k.Loss).Take(MostCentres).ToList();
        var best = centres.Find(k => k.IsMeasured)!;
        var model = new RbfModel([.. centres.Select(c => c.Features)], Capped(centres));
        var all = known.Select(k => k.Features).ToList();
        var candidates = Candidates(best.Point, random, tried)
            .Select(point => (Point: point, Features: Space.Encode(point)))
            .Select(c => (c.Point, Value: model.Predict(c.Features), Apart: Distances.Nearest(c.Features, all)))
            .ToList();
        if (candidates.Count == 0)
        {
            return null;
        }
        var (low, high) = (candidates.Min(c => c.Value), candidates.Max(c => c.Value));
        var (near, far) = (candidates.Min(c => c.Apart), candidates.Max(c => c.Apart));
        var share = Cycle[number % Cycle.Length];
        return candidates
            .MinBy(c => (share * Scaled(c.Value, low, high)) + ((1 - share) * (1 - Scaled(c.Apart, near, far))))
            .Point;
    }

    // Very bad losses would distort the interpolant everywhere, so they are capped at the median.
    private static double[] Capped(List<KnownPoint> ordered)
    {
        var median = ordered[ordered.Count / 2].Loss;
        return [.. ordered.Select(o => Math.Min(o.Loss, median))];
    }

    private static double Scaled(double value, double low, double high) =>
        high > low ? (value - low) / (high - low) : 0;
}
