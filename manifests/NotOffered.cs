using Trainyard.Manifests.Model;
using Trainyard.Manifests.Problems;

namespace Trainyard.Manifests;

/// <summary>What a manifest may ask for and the service does not do.</summary>
public static class NotOffered
{
    /// <summary>Codes of warnings that the service takes for errors, unless its operator allows the lesser thing.</summary>
    public static IReadOnlyList<string> RefusedCodes { get; } = [ManifestCodes.NodesNotOffered];

    /// <summary>Sentences for those who look at an accepted run: what it asked for and gets nowhere.</summary>
    public static IReadOnlyList<string> NoticesOf(TrainingManifest manifest)
    {
        var notices = new List<string>();
        if (manifest.Compute.Nodes > 1)
        {
            notices.Add($"It asks for {manifest.Compute.Nodes} nodes; one node stands in for all of them.");
        }

        return notices;
    }
}
