namespace Trainyard.Contracts.Agents;

/// <summary>The source of a run's metrics, from its manifest.</summary>
public sealed record NodeMetrics
{
    /// <summary><c>logger</c>, <c>regex_extractor</c>, <c>tensorboard</c> or <c>emetrics_file</c>.</summary>
    public required string Type { get; init; }

    /// <summary>A file or folder below one of the command's folders, such as <c>$LOG_DIR/tb</c>; null for the usual one.</summary>
    public string? In { get; init; }

    /// <summary>The most lines that one match may span.</summary>
    public int LineLookahead { get; init; } = 4;

    /// <summary>The groups, in the order in which they are tried.</summary>
    public IReadOnlyList<NodeMetricGroup> Groups { get; init; } = [];
}

/// <summary>The rule that turns lines into a record of one metric group.</summary>
public sealed record NodeMetricGroup
{
    public required string Name { get; init; }

    public required string Regex { get; init; }

    /// <summary>Values of these may name a capture as <c>$name</c>.</summary>
    public string? Time { get; init; }

    public string? SubId { get; init; }

    public IReadOnlyDictionary<string, NodeMetricField> ETimes { get; init; } =
        new Dictionary<string, NodeMetricField>();

    public IReadOnlyDictionary<string, NodeMetricField> Scalars { get; init; } =
        new Dictionary<string, NodeMetricField>();
}

/// <param name="Type">STRING, JSONSTRING, INT or FLOAT.</param>
/// <param name="Value">A text, or a capture as <c>$name</c>.</param>
public sealed record NodeMetricField(string Type, string Value);

/// <summary>The progress that a command reports of itself.</summary>
public sealed record ProgressReport
{
    public required DateTimeOffset At { get; init; }

    public long? Step { get; init; }

    public long? Steps { get; init; }

    /// <summary>0 to 100.</summary>
    public double? Percent { get; init; }

    public double? SecondsLeft { get; init; }
}
