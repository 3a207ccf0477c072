using System.Runtime.InteropServices;

namespace Trainyard.Core.Pools.Scheduling;

/// <summary>The resources of a node, or the demand of a run.</summary>
/// <param name="Slots">One slot per GPU, or CPU slots.</param>
/// <param name="Cpus">CPUs.</param>
/// <param name="MemoryBytes">Memory.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Resources(int Slots, double Cpus, long MemoryBytes)
{
    // Sums of fractional CPUs have rounding errors.
    private const double Tolerance = 1e-6;

    public bool FitsIn(Resources free) =>
        Slots <= free.Slots && Cpus <= free.Cpus + Tolerance && MemoryBytes <= free.MemoryBytes;

    public static Resources operator +(Resources a, Resources b) =>
        new(a.Slots + b.Slots, a.Cpus + b.Cpus, a.MemoryBytes + b.MemoryBytes);

    public static Resources operator -(Resources a, Resources b) =>
        new(a.Slots - b.Slots, a.Cpus - b.Cpus, a.MemoryBytes - b.MemoryBytes);

    public static Resources Min(Resources a, Resources b) =>
        new(Math.Min(a.Slots, b.Slots), Math.Min(a.Cpus, b.Cpus), Math.Min(a.MemoryBytes, b.MemoryBytes));
}
