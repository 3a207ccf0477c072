using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Text;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Experiments;

/// <summary>Bytes to a tree, within the limits of every manifest.</summary>
internal static class ExperimentText
{
    /// <summary>Null, with the problems told, where it is no text of ours.</summary>
    public static YamlNode? Read(ReadOnlySpan<byte> utf8, ManifestLimits limits, ProblemList problems)
    {
        if (
            ManifestText.Decode(utf8, limits, problems) is not { } text
            || ManifestText.Check(text, limits, problems) is not { } clean
        )
        {
            return null;
        }

        var root = new YamlTreeReader(limits, problems).Read(clean);
        return InvisibleCharacters.Check(clean, root, problems) ? root : null;
    }
}
