namespace Trainyard.Core.Pools.Matching;

/// <summary>Tells the owner what a run lacks on the node that takes it.</summary>
public static class ShortfallNotices
{
    /// <summary>One sentence for each requirement that the node does not meet.</summary>
    /// <param name="node">The node.</param>
    /// <param name="asked">All requirements, none relaxed.</param>
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
