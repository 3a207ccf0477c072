namespace Trainyard.Core.Pools.Matching;

/// <summary>What the operator lets runs go without.</summary>
public sealed record Relaxations
{
    public static Relaxations None { get; } = new();

    /// <summary>Any node will do for any framework.</summary>
    public bool Framework { get; init; }

    /// <summary>What asks for a container image may run without one.</summary>
    public bool Images { get; init; }

    /// <summary>CPUs and memory of a configuration that is asked for by its name may be less.</summary>
    public bool NamedSizes { get; init; }
}
