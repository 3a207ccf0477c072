using Trainyard.Manifests.Model;

namespace Trainyard.Core.Pools.Matching;

/// <summary>The CPUs and memory that FfDL gave to runs that asked for none.</summary>
internal static class FfdlDefaults
{
    private const double Cpus = 5;
    private const long MemoryBytes = 12L << 30;

    public static bool Are(TrainingManifest manifest) =>
        manifest is { Dialect: ManifestDialect.Ffdl, Compute: { Cpus: Cpus, MemoryBytes: MemoryBytes } };
}
