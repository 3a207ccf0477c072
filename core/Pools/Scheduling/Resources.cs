using System.Runtime.InteropServices;

namespace Trainyard.Core.Pools.Scheduling;

/// <summary>What a node has, or a run takes of it.</summary>
/// <param name="Slots">One per GPU, or CPU slots.</param>
/// <param name="Cpus">CPUs.</param>
/// <param name="MemoryBytes">Memory.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Resources(int Slots, double Cpus, long MemoryBytes)
{
    // Sums of fractions of a CPU differ in the last digits.
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
