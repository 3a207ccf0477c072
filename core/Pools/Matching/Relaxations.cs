namespace Trainyard.Core.Pools.Matching;

/// <summary>The needs that the operator has relaxed.</summary>
public sealed record Relaxations
{
    public static Relaxations None { get; } = new();

    /// <summary>Any node may run any framework.</summary>
    public bool Framework { get; init; }

    /// <summary>A run that asks for a container image may run without one.</summary>
    public bool Images { get; init; }

    /// <summary>One node stands in for several.</summary>
    public bool Nodes { get; init; }

    /// <summary>A named configuration's CPUs and memory are not required in full.</summary>
    public bool NamedSizes { get; init; }
}
