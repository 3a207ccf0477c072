using Trainyard.Core.Pools.Matching;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Reading;

namespace Trainyard.Core.Runs;

/// <summary>The key of a manifest that asks for what a node lacks, in whichever dialect it is written.</summary>
internal static class NeedPlaces
{
    private const string Definition = "model_definition";
    private const string Execution = "execution";
    private const string Compute = "compute_configuration";

    /// <summary>The key as it stands there; without line and column where no text is known.</summary>
    public static (string Path, int? Line, int? Column) Of(Lack lack, TrainingManifest manifest, ManifestKeys keys)
    {
        var candidates = Candidates(lack.Key, manifest);
        foreach (var candidate in candidates)
        {
            if (keys.Find(candidate) is { } place)
            {
                return (place.Path, place.Line, place.Column);
            }
        }
        return (string.Join('.', candidates[0]), null, null);
    }

    private static string[][] Candidates(string key, TrainingManifest manifest)
    {
        var isFfdl = manifest.Dialect is ManifestDialect.Ffdl;
        return key switch
        {
            "framework" when isFfdl =>
            [
                ["framework"],
            ],
            "framework" =>
            [
                [Definition, "framework"],
            ],
            "image" when isFfdl =>
            [
                ["framework", "image"],
                ["framework"],
            ],
            "image" =>
            [
                [Definition, "framework", "image"],
                [Definition, "framework"],
            ],
            "requires" =>
            [
                [key],
            ],
            "nodes" when isFfdl =>
            [
                ["learners"],
            ],
            "nodes" =>
            [
                [Definition, Execution, Compute, key],
                [Definition, Compute, key],
                .. ByName,
            ],
            // Beside a name, too: no name stands for disk.
            "disk" when isFfdl =>
            [
                ["storage"],
            ],
            "disk" =>
            [
                [Definition, Execution, Compute, key],
                [Definition, Compute, key],
            ],
            _ when isFfdl =>
            [
                [key],
            ],
            _ when manifest.Compute.Name is null =>
            [
                [Definition, Execution, Compute, key],
                [Definition, Compute, key],
                [Definition, Execution, Compute],
                [Definition, Compute],
            ],
            _ => ByName,
        };
    }

    private static string[][] ByName { get; } =
    [
        [Definition, Execution, Compute, "name"],
        [Definition, Execution, Compute],
        [Definition, Compute, "name"],
        [Definition, Compute],
        [Definition, Execution, "resource"],
        [Definition, Execution, "resourceType"],
    ];
}
