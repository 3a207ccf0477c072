namespace Trainyard.Core.Pools.Matching;

/// <summary>Something that a run needs and a node does not have.</summary>
/// <param name="Key">The key of the manifest that asks for it.</param>
/// <param name="Needs">The requirement: <c>2 GPUs</c>, <c>tensorflow 1.5</c>.</param>
/// <param name="Has">What the node has instead.</param>
public sealed record Lack(string Key, string Needs, string Has)
{
    public override string ToString() => $"needs {Needs}, has {Has}";
}
