namespace Trainyard.Core.Pools.Matching;

/// <summary>What a run goes without on a node that takes it, for its owner to read.</summary>
public static class Shortfall
{
    /// <summary>One sentence for each thing that was asked for and that the node does not have.</summary>
    /// <param name="node">The node.</param>
    /// <param name="asked">All that was asked for, nothing of it relaxed.</param>
    public static IReadOnlyList<string> Of(NodeProvides node, RunNeeds asked) =>
        [.. NodeMatch.Lacks(WithoutStandIn(node), asked).Select(Sentence)];

    private static NodeProvides WithoutStandIn(NodeProvides node) =>
        node with
        {
            Facts = node.Facts is { } facts ? facts with { CpuStandIn = false } : null,
        };

    private static string Sentence(Lack lack) =>
        lack.Key switch
        {
            "gpus" => $"The run asked for {lack.Needs}; this node has none: it runs on the CPU.",
            "framework" =>
                $"The run asked for {lack.Needs}; this node has {lack.Has}: its command finds what is installed there.",
            "image" => "The run asked for a container image; its command runs on the node itself.",
            _ => $"The run asked for {lack.Needs}; this node has {lack.Has}.",
        };
}
