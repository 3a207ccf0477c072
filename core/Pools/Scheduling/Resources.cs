using System.Runtime.InteropServices;

namespace Trainyard.Core.Pools.Scheduling;

/// <summary>The resources of a node, or the demand of a run.</summary>
/// <param name="Slots">One slot per GPU, or CPU slots.</param>
/// <param name="Cpus">CPUs.</param>
/// <param name="MemoryBytes">Memory.</param>
/// <param name="DiskBytes">Disk space; a run that asks for none takes none.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Resources(int Slots, double Cpus, long MemoryBytes, long DiskBytes)
{
    // Sums of fractional CPUs have rounding errors.
    private const double Tolerance = 1e-6;

    public bool FitsIn(Resources free) =>
        Slots <= free.Slots
        && Cpus <= free.Cpus + Tolerance
        && MemoryBytes <= free.MemoryBytes
        // Runs that ask for no disk do not need what others lack.
        && (DiskBytes == 0 || DiskBytes <= free.DiskBytes);

    public static Resources operator +(Resources a, Resources b) =>
        new(a.Slots + b.Slots, a.Cpus + b.Cpus, a.MemoryBytes + b.MemoryBytes, a.DiskBytes + b.DiskBytes);

    public static Resources operator -(Resources a, Resources b) =>
        new(a.Slots - b.Slots, a.Cpus - b.Cpus, a.MemoryBytes - b.MemoryBytes, a.DiskBytes - b.DiskBytes);

    public static Resources Min(Resources a, Resources b) =>
        new(
            Math.Min(a.Slots, b.Slots),
            Math.Min(a.Cpus, b.Cpus),
            Math.Min(a.MemoryBytes, b.MemoryBytes),
            Math.Min(a.DiskBytes, b.DiskBytes)
        );
}
