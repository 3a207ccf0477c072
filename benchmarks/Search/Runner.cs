using Trainyard.Core.Search;
using Trainyard.Core.Search.Methods;

namespace Trainyard.Benchmarks.Search;

/// <summary>One search, as the service makes it: so many points under way at once, the oldest ends first.</summary>
internal static class Runner
{
    /// <summary>How far the best so far is above the least, after each point.</summary>
    public static double[] Curve(TestFunction function, string method, int points, int parallel, int seed)
    {
        var space = new SearchSpace(function.Parameters);
        var search = SearchMethods.Create(method, space, gridLevels: 5);
        var tried = new List<Observation>();
        var curve = new List<double>();
        var best = double.PositiveInfinity;
        while (curve.Count < points)
        {
            while (tried.Count(t => t.IsPending) < parallel && tried.Count < points)
            {
                tried.Add(new Observation(search.Propose(tried, seed)!, Loss: null, IsPending: true));
            }
            var oldest = tried.FindIndex(t => t.IsPending);
            var loss = function.Loss(space.ValuesAt(tried[oldest].Point));
            tried[oldest] = tried[oldest] with { Loss = loss, IsPending = false };
            best = Math.Min(best, loss);
            curve.Add(best - function.Least);
        }
        return [.. curve];
    }
}
