namespace Trainyard.Manifests.Model;

/// <summary>FfDL's <c>evaluation_metrics</c>: which extractor reads metrics, and from where.</summary>
public sealed record EvaluationMetrics
{
    /// <summary>Nothing is read but the log.</summary>
    public const string Logger = "logger";
    public const string RegexExtractor = "regex_extractor";
    public const string TensorBoard = "tensorboard";
    public const string EMetricsFile = "emetrics_file";

    /// <summary>One of <c>logger</c>, <c>regex_extractor</c>, <c>tensorboard</c>, <c>emetrics_file</c>.</summary>
    public required string Type { get; init; }

    /// <summary>File or folder that is read, or null for the extractor's own default.</summary>
    public string? In { get; init; }

    /// <summary>Lines that one match may span (regex_extractor). 1 to 64, default 4.</summary>
    public int LineLookahead { get; init; } = 4;

    public IReadOnlyDictionary<string, MetricGroup> Groups { get; init; } = new SortedDictionary<string, MetricGroup>();
}

public sealed record MetricGroup
{
    public string? Regex { get; init; }

    /// <summary><c>time</c> and <c>subid</c> of each record; values may name captures as <c>$name</c>.</summary>
    public IReadOnlyDictionary<string, string> Meta { get; init; } = new SortedDictionary<string, string>();

    public IReadOnlyDictionary<string, MetricField> ETimes { get; init; } = new SortedDictionary<string, MetricField>();

    public IReadOnlyDictionary<string, MetricField> Scalars { get; init; } =
        new SortedDictionary<string, MetricField>();
}

/// <param name="Type">STRING, JSONSTRING, INT or FLOAT.</param>
public sealed record MetricField(string Type, string Value);
