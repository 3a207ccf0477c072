using Trainyard.Manifests.Frameworks;
using Trainyard.Manifests.Model;

namespace Trainyard.Core.Pools.Matching;

/// <summary>What a node must have for a run: what its manifest asks for, less what the operator relaxed.</summary>
public sealed record RunNeeds
{
    /// <summary>GPUs of one type; 0 for none.</summary>
    public int Gpus { get; init; }

    /// <summary>Null for any.</summary>
    public string? GpuType { get; init; }

    /// <summary>0 for as many as there are.</summary>
    public double Cpus { get; init; }

    /// <summary>0 for as much as there is.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>CPUs and memory were not asked for as numbers, but are those of a configuration's name or a dialect's default.</summary>
    public bool AreSizesNamed { get; init; }

    /// <summary>CPUs and memory may be less than that.</summary>
    public bool AreSizesRelaxed { get; init; }

    /// <summary>Null where any node will do.</summary>
    public FrameworkNeed? Framework { get; init; }

    /// <summary>Labels that a node must have; null for none.</summary>
    public IReadOnlyDictionary<string, string>? Requires { get; init; }

    /// <summary>The container image that the command must run in; null for none.</summary>
    public string? Image { get; init; }

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
            AreSizesNamed = isNamed,
            AreSizesRelaxed = isNamed && relaxed.NamedSizes,
            Requires = manifest.Requires.Count > 0 ? manifest.Requires : null,
            Image = manifest.Framework.IsCustom && !relaxed.Images ? manifest.Framework.Image : null,
            Framework = relaxed.Framework ? null : FrameworkOf(manifest.Framework, catalog),
        };
    }

    // A custom image is no framework of a node: the image is matched by itself.
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
