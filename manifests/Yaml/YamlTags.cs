using Trainyard.Manifests.Problems;
using YamlDotNet.Core.Events;

namespace Trainyard.Manifests.Yaml;

/// <summary>Tags change nothing here, so only those that could not mean anything else are let through.</summary>
internal static class YamlTags
{
    public const string Refusal = "Tags (!name) have no meaning in a manifest.";

    private const string Core = "tag:yaml.org,2002:";

    private static readonly HashSet<string> Harmless = ["str", "int", "float", "bool", "null", "map", "seq"];

    public static void Check(NodeEvent node, Mark mark)
    {
        if (node.Tag.IsEmpty || node.Tag.IsNonSpecific)
        {
            return;
        }

        var tag = node.Tag.Value;
        if (!tag.StartsWith(Core) || !Harmless.Contains(tag[Core.Length..]))
        {
            throw new RefusedException(ManifestCodes.Tag, Refusal, mark, "no tag");
        }
    }
}
