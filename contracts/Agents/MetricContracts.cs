namespace Trainyard.Contracts.Agents;

/// <summary>Where the metrics of a run come from, as its manifest says.</summary>
public sealed record NodeMetrics
{
    /// <summary><c>logger</c>, <c>regex_extractor</c>, <c>tensorboard</c> or <c>emetrics_file</c>.</summary>
    public required string Type { get; init; }

    /// <summary>A file or folder below one of the command's folders, such as <c>$LOG_DIR/tb</c>; null for the usual one.</summary>
    public string? In { get; init; }

    /// <summary>Lines that one match may span.</summary>
    public int LineLookahead { get; init; } = 4;

    /// <summary>In the order in which they are tried.</summary>
    public IReadOnlyList<NodeMetricGroup> Groups { get; init; } = [];
}

/// <summary>What makes a record of a group out of lines.</summary>
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

/// <summary>How far a command has come, as far as it says.</summary>
public sealed record ProgressReport
{
    public required DateTimeOffset At { get; init; }

    public long? Step { get; init; }

    public long? Steps { get; init; }

    /// <summary>0 to 100.</summary>
    public double? Percent { get; init; }

    public double? SecondsLeft { get; init; }
}
