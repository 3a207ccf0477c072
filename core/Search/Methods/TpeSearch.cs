namespace Trainyard.Core.Search.Methods;

/// <summary>
/// Tree-structured Parzen estimator: draws candidates from the density of the good points, and takes the one with the
/// best ratio of good to bad density; each hyperparameter is modelled independently.
/// </summary>
internal sealed class TpeSearch(SearchSpace space) : ModelSearch(space)
{
    private const int Draws = 48;
    private const int MostGood = 25;

    protected override int FirstPoints => 10;

    protected override double[]? Choose(IReadOnlyList<KnownPoint> known, int number, Random random, TriedPoints tried)
    {
        var ordered = known.OrderBy(k => k.Loss).ToList();
        var count = Math.Clamp((int)Math.Ceiling(0.2 * ordered.Count), 2, MostGood);
        var good = Estimators(ordered.Take(count));
        var others = Estimators(ordered.Skip(count));
        (double[]? Point, double Score) best = (null, double.NegativeInfinity);
        for (var i = 0; i < Draws; i++)
        {
            var point = Space.Snap([.. good.Select(g => g.Draw(random))]);
            var score = point.Select((u, d) => good[d].LogDensity(u) - others[d].LogDensity(u)).Sum();
            if (score > best.Score && !tried.Has(point))
            {
                best = (point, score);
            }
        }
        return best.Point;
    }

    private List<ParzenEstimator> Estimators(IEnumerable<KnownPoint> points)
    {
        var list = points.ToList();
        return
        [
            .. Space.Dimensions.Select((d, i) => new ParzenEstimator(d, [.. list.Select(k => k.Point[i]).Order()])),
        ];
    }
}
