namespace Trainyard.Core.Search.Methods;

/// <summary>
/// A search that fits a model to the results so far and takes the most promising of many candidates. The first points
/// are spread evenly; a pending point counts with the mean loss, so that the next ones are chosen elsewhere.
/// </summary>
internal abstract class ModelSearch(SearchSpace space) : ISearchMethod
{
    private const int CandidatesPerFeature = 100;
    private const int MostCandidates = 1500;

    protected SearchSpace Space { get; } = space;

    protected virtual int FirstPoints => Math.Clamp(2 * (Space.Features + 1), 5, 20);

    public double[]? Propose(IReadOnlyList<Observation> tried, int seed)
    {
        var points = new TriedPoints(Space, tried);
        var random = SeededRandom.Of(seed, tried.Count);
        if (points.AreAll)
        {
            return null;
        }
        if (tried.Count < FirstPoints)
        {
            var first = LatinHypercube.PointAt(Space, tried.Count, FirstPoints, seed);
            return points.Has(first) ? points.Fresh(random) : first;
        }
        var known = Known(tried);
        return known.Count < 2
            ? points.Fresh(random)
            : Choose(known, tried.Count, random, points) ?? points.Fresh(random);
    }

    /// <summary>The best untried candidate; null when there is none.</summary>
    protected abstract double[]? Choose(IReadOnlyList<KnownPoint> known, int number, Random random, TriedPoints tried);

    /// <summary>
    /// Random points, and points that differ from the best one in a few coordinates by ever smaller steps.
    /// </summary>
    protected List<double[]> Candidates(IReadOnlyList<double> best, Random random, TriedPoints tried)
    {
        var count = Math.Min(MostCandidates, CandidatesPerFeature * Space.Features);
        var candidates = new List<double[]>(count);
        for (var i = 0; i < count; i++)
        {
            var point = i % 2 == 0 ? Space.Sample(random) : Near(best, random);
            if (!tried.Has(point))
            {
                candidates.Add(point);
            }
        }
        return candidates;
    }

    private double[] Near(IReadOnlyList<double> best, Random random)
    {
        var scale = Math.Pow(10, -0.5 - (2 * random.NextDouble()));
        var share = Math.Max(1.0 / best.Count, random.NextDouble());
        var point = best.ToArray();
        for (var i = 0; i < point.Length; i++)
        {
            if (random.NextDouble() <= share)
            {
                point[i] = Space.Dimensions[i].IsCategorical ? random.NextDouble() : Step(i, point[i], scale, random);
            }
        }
        return Space.Snap(point);
    }

    // Moves at least to the next value.
    private double Step(int dimension, double from, double scale, Random random)
    {
        var least = Space.Dimensions[dimension].Count is { } count ? 1.0 / count : 0;
        var step = random.Normal() * Math.Max(scale, least);
        return Math.Clamp(from + step, 0, 1);
    }

    private List<KnownPoint> Known(IReadOnlyList<Observation> tried)
    {
        var losses = tried.Where(t => t.Loss is not null).Select(t => t.Loss!.Value).Order().ToList();
        if (losses.Count == 0)
        {
            return [];
        }
        var (mean, worst) = (losses.Average(), losses[^1]);
        // A failed point counts as the worst one, so that its neighbourhood is avoided.
        return
        [
            .. tried.Select(t => new KnownPoint(
                [.. t.Point],
                Space.Encode(t.Point),
                t.Loss ?? (t.IsPending ? mean : worst),
                t.Loss is not null
            )),
        ];
    }
}

/// <summary>A point for a model.</summary>
internal sealed record KnownPoint(double[] Point, double[] Features, double Loss, bool IsMeasured);
