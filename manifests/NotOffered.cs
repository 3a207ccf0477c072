using Trainyard.Manifests.Model;
using Trainyard.Manifests.Problems;

namespace Trainyard.Manifests;

/// <summary>Requests in a manifest that the service does not support.</summary>
public static class NotOffered
{
    /// <summary>Codes of warnings that the service treats as errors, unless its operator allows a substitute.</summary>
    public static IReadOnlyList<string> RefusedCodes { get; } = [ManifestCodes.NodesNotOffered];

    /// <summary>Sentences for viewers of an accepted run about the requests that have no effect.</summary>
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
