namespace Trainyard.Core.Search.Methods;

/// <summary>
/// Tree-structured Parzen estimator: of candidates drawn from where the good points lie, the one that is likeliest among the
/// good and least likely among the others.
/// </summary>
internal sealed class TpeSearch(SearchSpace space) : ModelSearch(space)
{
    // Measured by benchmarks/Search.
    private const int Draws = 64;
    private const double GoodShare = 0.1;
    private const int LeastGood = 2;
    private const int MostGood = 25;

    protected override int FirstPoints => 10;

    protected override double[]? Choose(IReadOnlyList<KnownPoint> known, int number, Random random, TriedPoints tried)
    {
        var ordered = known.OrderBy(k => k.Loss).Select(k => k.Point).ToList();
        var count = Math.Clamp((int)Math.Ceiling(GoodShare * ordered.Count), LeastGood, MostGood);
        var good = new ParzenMixture(Space, ordered[..count]);
        var others = new ParzenMixture(Space, ordered[count..]);
        (double[]? Point, double Score) best = (null, double.NegativeInfinity);
        for (var i = 0; i < Draws; i++)
        {
            var point = good.Draw(random);
            var score = good.LogDensity(point) - others.LogDensity(point);
            if (score > best.Score && !tried.Has(point))
            {
                best = (point, score);
            }
        }
        return best.Point;
    }
}
