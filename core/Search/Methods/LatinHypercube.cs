namespace Trainyard.Core.Search.Methods;

/// <summary>Initial points that are spread evenly: each coordinate has one point in each of its equal parts.</summary>
internal static class LatinHypercube
{
    public static double[] PointAt(SearchSpace space, int number, int count, int seed)
    {
        var point = new double[space.Dimensions.Count];
        for (var i = 0; i < point.Length; i++)
        {
            var random = SeededRandom.Of(seed ^ (i * 7919), -1);
            var parts = Enumerable.Range(0, count).ToArray();
            random.Shuffle(parts);
            var inPart = SeededRandom.Of(seed ^ (i * 7919), number).NextDouble();
            point[i] = (parts[number] + inPart) / count;
        }
        return space.Snap(point);
    }
}
