namespace Trainyard.Manifests.Experiments.Model;

/// <summary>A hyperparameter and the values that a search may give it: a range, or a list.</summary>
public sealed record HyperParameter
{
    public required string Name { get; init; }

    public required HyperParameterKind Kind { get; init; }

    /// <summary>The range; null where values are listed.</summary>
    public HyperParameterRange? Range { get; init; }

    /// <summary>The values, as written; null where there is a range.</summary>
    public IReadOnlyList<string>? Values { get; init; }
}

[System.Text.Json.Serialization.JsonConverter(
    typeof(System.Text.Json.Serialization.JsonStringEnumConverter<HyperParameterKind>)
)]
public enum HyperParameterKind
{
    Double,
    Int,
    Text,
}

/// <summary>From the least to the greatest value, both included.</summary>
/// <param name="Min">The least.</param>
/// <param name="Max">The greatest.</param>
/// <param name="Step">Between one value and the next; null for any value between (of whole numbers: each).</param>
/// <param name="Power">With a power p the value is p to the k, where k is what the range holds.</param>
public sealed record HyperParameterRange(double Min, double Max, double? Step = null, double? Power = null);
