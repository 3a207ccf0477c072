using System.Text.Json.Serialization;

namespace Trainyard.Manifests.Model;

/// <summary>The values by which the runs of an array differ: there is one run for each combination.</summary>
public sealed record RunArray
{
    public const int MostRuns = 1_000;

    /// <summary>The index of a run in its array, from 0; and the number of its runs.</summary>
    public const string IndexVariable = "ARRAY_INDEX";

    /// <inheritdoc cref="IndexVariable"/>
    public const string CountVariable = "ARRAY_COUNT";

    /// <summary>The environment variables and the values of each.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Variables { get; init; }

    [JsonIgnore]
    public int Count => Variables.Values.Aggregate(1, (count, values) => count * values.Count);

    /// <summary>The values of one run. Those of the last name, in the order of their characters, change fastest.</summary>
    public SortedDictionary<string, string> ValuesOf(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, choices) in Variables.OrderByDescending(v => v.Key, StringComparer.Ordinal))
        {
            (index, var choice) = Math.DivRem(index, choices.Count);
            values[name] = choices[choice];
        }
        return values;
    }
}
