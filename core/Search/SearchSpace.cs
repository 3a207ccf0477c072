using Trainyard.Manifests.Experiments.Model;

namespace Trainyard.Core.Search;

/// <summary>All hyperparameters of a search. A point has one coordinate from 0 to 1 for each.</summary>
public sealed class SearchSpace
{
    public SearchSpace(IEnumerable<HyperParameter> parameters)
    {
        Dimensions = [.. parameters.Select(Dimension.Of)];
        Features = Dimensions.Sum(FeaturesOf);
    }

    public IReadOnlyList<Dimension> Dimensions { get; }

    /// <summary>The length of the result of <see cref="Encode"/>.</summary>
    public int Features { get; }

    /// <summary>The number of points; null when it is infinite or too large to count.</summary>
    public long? Size
    {
        get
        {
            long size = 1;
            foreach (var dimension in Dimensions)
            {
                if (dimension.Count is not { } count || size > long.MaxValue / count)
                {
                    return null;
                }
                size *= count;
            }
            return size;
        }
    }

    public double[] Sample(Random random) => [.. Dimensions.Select(d => d.Snap(random.NextDouble()))];

    public double[] Snap(IReadOnlyList<double> point) => [.. Dimensions.Select((d, i) => d.Snap(point[i]))];

    public SortedDictionary<string, ParameterValue> ValuesAt(IReadOnlyList<double> point) =>
        new(
            Dimensions.Select((d, i) => (d.Name, Value: d.At(point[i]))).ToDictionary(p => p.Name, p => p.Value),
            StringComparer.Ordinal
        );

    public double[] PointOf(IReadOnlyDictionary<string, ParameterValue> values) =>
        [.. Dimensions.Select(d => values.TryGetValue(d.Name, out var value) ? d.UnitOf(value) : 0.5)];

    /// <summary>
    /// Encodes a point for models that use distances: any two categories are as far apart as the ends of a range.
    /// </summary>
    public double[] Encode(IReadOnlyList<double> point)
    {
        var features = new double[Features];
        var at = 0;
        for (var i = 0; i < Dimensions.Count; i++)
        {
            var dimension = Dimensions[i];
            if (dimension.IsCategorical)
            {
                features[at + (int)Dimension.IndexOf(point[i], dimension.Count!.Value)] = Math.Sqrt(0.5);
            }
            else
            {
                features[at] = point[i];
            }
            at += FeaturesOf(dimension);
        }
        return features;
    }

    private static int FeaturesOf(Dimension dimension) => dimension.IsCategorical ? (int)dimension.Count!.Value : 1;
}
