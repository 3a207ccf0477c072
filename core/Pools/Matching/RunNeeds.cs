using System.Text.Json.Serialization;
using Trainyard.Manifests.Frameworks;
using Trainyard.Manifests.Model;

namespace Trainyard.Core.Pools.Matching;

/// <summary>A run's requirements on a node: those of its manifest, less what the operator relaxed.</summary>
public sealed record RunNeeds
{
    /// <summary>The number of GPUs, all of one type; 0 for none.</summary>
    public int Gpus { get; init; }

    /// <summary>The GPU type; null for any.</summary>
    public string? GpuType { get; init; }

    /// <summary>The number of CPUs; 0 for all that the node has.</summary>
    public double Cpus { get; init; }

    /// <summary>The memory in bytes; 0 for all that the node has.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>The disk space in bytes; 0 when it asks for none. Never relaxed: no name stands for it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long DiskBytes { get; init; }

    /// <summary>
    /// Whether CPUs and memory come from a named configuration or a dialect's default, rather than numbers in the
    /// manifest.
    /// </summary>
    public bool AreSizesNamed { get; init; }

    /// <summary>Whether a node may have fewer CPUs or less memory.</summary>
    public bool AreSizesRelaxed { get; init; }

    /// <summary>The framework; null when any node is suitable.</summary>
    public FrameworkNeed? Framework { get; init; }

    /// <summary>Labels that a node must have; null for none.</summary>
    public IReadOnlyDictionary<string, string>? Requires { get; init; }

    /// <summary>The container image that the command must run in; null for none.</summary>
    public string? Image { get; init; }

    /// <summary>Whether its learners, on several nodes, must reach each other over the network.</summary>
    public bool MeetsPeers { get; init; }

    public static RunNeeds Of(TrainingManifest manifest, FrameworkCatalog catalog, Relaxations relaxed)
    {
        var compute = manifest.Compute;
        var isNamed = compute.Name is not null || FfdlDefaults.Are(manifest);
        return new RunNeeds
        {
            Gpus = compute.Gpus,
            GpuType = compute.Gpus > 0 ? compute.GpuType : null,
            Cpus = compute.Cpus,
            MemoryBytes = compute.MemoryBytes,
            DiskBytes = compute.DiskBytes ?? 0,
            AreSizesNamed = isNamed,
            AreSizesRelaxed = isNamed && relaxed.NamedSizes,
            MeetsPeers = compute.Nodes > 1 && !relaxed.Nodes,
            Requires = manifest.Requires.Count > 0 ? manifest.Requires : null,
            Image = manifest.Framework.IsCustom && !relaxed.Images ? manifest.Framework.Image : null,
            Framework = relaxed.Framework ? null : FrameworkOf(manifest.Framework, catalog),
        };
    }

    // A custom image is matched as an image, not as a framework of the node.
    private static FrameworkNeed? FrameworkOf(FrameworkReference asked, FrameworkCatalog catalog)
    {
        if (asked.IsCustom)
        {
            return null;
        }
        var release = catalog.Find(asked.Name, asked.Version);
        return new FrameworkNeed
        {
            Name = asked.Name,
            Version = asked.Version,
            Packages = release?.Packages,
            Versions = VersionsOf(asked.Version, release),
            Python = asked.Python,
            Image = asked.Image,
        };
    }

    private static string[] VersionsOf(string version, FrameworkRelease? release)
    {
        const string any = "latest";
        return version == any ? [] : [.. new[] { version }.Concat(release?.Also ?? []).Select(v => v.TrimStart('v'))];
    }
}
