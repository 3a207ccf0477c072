using Trainyard.Contracts;
using Trainyard.Contracts.Nodes;

namespace Trainyard.Cli.Top;

/// <summary>The caller's runs that are under way, and the nodes, at one moment.</summary>
internal sealed record TopSnapshot
{
    /// <summary>Running ones first, each newest first.</summary>
    public required IReadOnlyList<TopRun> Runs { get; init; }

    /// <summary>Whether there are more runs than are shown.</summary>
    public required bool HasMore { get; init; }

    /// <summary>The nodes; null when the caller is no operator.</summary>
    public required IReadOnlyList<NodeResource>? Nodes { get; init; }
}

internal sealed record TopRun(RunResource Run, ResourceUse Use);
