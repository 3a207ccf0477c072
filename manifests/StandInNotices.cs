using Trainyard.Manifests.Model;

namespace Trainyard.Manifests;

/// <summary>Requests in a manifest that have no effect where the operator allows a substitute.</summary>
public static class StandInNotices
{
    /// <summary>
    /// Sentences for viewers of an accepted run about the requests that have no effect, where one node stands in for
    /// several.
    /// </summary>
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
