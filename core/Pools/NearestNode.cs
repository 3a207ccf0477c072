using Trainyard.Core.Pools.Matching;

namespace Trainyard.Core.Pools;

/// <summary>Finds the node that lacks least of a run's needs, when no node has everything.</summary>
public static class NearestNode
{
    private const int LongestMessage = 500;

    /// <summary>The nearest node's name and what it lacks, as a clause; null when there is no node.</summary>
    public static string? Lacking(IReadOnlyList<PoolNode> nodes, RunNeeds needs)
    {
        if (Find(nodes, needs) is not { } nearest)
        {
            return null;
        }
        var lacks = string.Join(
            "; ",
            nearest.Lacks.Select(lack => $"needs {lack.Needs}, {nearest.Node.Name} has {lack.Has}")
        );
        var text = nodes.Count == 1 ? lacks : $"{lacks}; none of the {nodes.Count} nodes comes nearer";
        return text.Length <= LongestMessage ? text : $"{text[..LongestMessage]}…";
    }

    /// <summary>The nearest node; null when there is none.</summary>
    public static (PoolNode Node, IReadOnlyList<Lack> Lacks)? Find(IReadOnlyList<PoolNode> nodes, RunNeeds needs) =>
        nodes
            .Select(node => (node, Lacks: (IReadOnlyList<Lack>)[.. NodeMatch.Lacks(node.Provides, needs)]))
            .OrderBy(each => each.Lacks.Count)
            .ThenByDescending(each => each.node.Gpus)
            .Select(each => ((PoolNode, IReadOnlyList<Lack>)?)each)
            .FirstOrDefault();
}
