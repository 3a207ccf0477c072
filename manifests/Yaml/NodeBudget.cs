using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Text;

namespace Trainyard.Manifests.Yaml;

/// <summary>Counts what a text makes the reader do, and refuses it when it is too much.</summary>
internal sealed class NodeBudget(ManifestLimits limits)
{
    private int _nodes;
    private int _expanded;
    private int _aliases;

    public void Take(Mark mark, int depth)
    {
        if (depth > limits.MaxDepth)
        {
            throw new RefusedException(
                ManifestCodes.TooDeep,
                "Maps and lists are nested too deeply here.",
                mark,
                $"at most {limits.MaxDepth} levels"
            );
        }

        if (++_nodes > limits.MaxNodes)
        {
            throw new RefusedException(
                ManifestCodes.TooManyNodes,
                "The manifest has too many values.",
                mark,
                $"at most {limits.MaxNodes} keys and values"
            );
        }

        Expand(mark, 1);
    }

    public void TakeAlias(Mark mark, int size)
    {
        if (++_aliases > limits.MaxAliases)
        {
            throw new RefusedException(
                ManifestCodes.TooManyAliases,
                "The manifest has too many aliases.",
                mark,
                $"at most {limits.MaxAliases}"
            );
        }

        Expand(mark, size);
    }

    private void Expand(Mark mark, int size)
    {
        _expanded += size;
        if (_expanded > limits.MaxExpandedNodes)
        {
            throw new RefusedException(
                ManifestCodes.TooManyNodes,
                "The manifest's aliases stand for too many values.",
                mark,
                $"at most {limits.MaxExpandedNodes} keys and values with every alias written out"
            );
        }
    }
}

/// <summary>Reading stops here: what follows cannot be trusted or afforded.</summary>
internal sealed class RefusedException(string code, string message, Mark mark, string? allowed = null)
    : Exception(message)
{
    public string Code { get; } = code;

    public Mark Mark { get; } = mark;

    public string? Allowed { get; } = allowed;
}
