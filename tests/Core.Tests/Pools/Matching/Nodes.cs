using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Matching;

namespace Trainyard.Core.Tests.Pools.Matching;

/// <summary>Machines as they are to be found.</summary>
internal static class Nodes
{
    public static NodeCapabilities Laptop { get; } =
        new()
        {
            Cpus = 2,
            MemoryBytes = 25_000_000_000,
            DiskBytes = 60L << 30,
            Pythons = [Python("3.11.2", ("scikit-learn", "1.2.1"))],
            IsServiceMachine = true,
        };

    public static NodeCapabilities V100s { get; } =
        new()
        {
            Cpus = 52,
            MemoryBytes = 224_000_000_000,
            Gpus = [new GpuFacts("Tesla V100-SXM2-16GB", 2, 17_000_000_000)],
            GpuDriver = "535.54.03",
            Pythons = [Python("3.12.1", ("tensorflow", "2.18.1"), ("torch", "2.5.1+cu124"))],
        };

    public static PythonFacts Python(string version, params (string Name, string Version)[] packages) =>
        new()
        {
            Program = "python3",
            Version = version,
            Packages = packages.ToDictionary(p => p.Name, p => p.Version),
        };

    public static NodeProvides Cpu(NodeCapabilities facts) => new(0, facts);

    public static NodeProvides Gpu(NodeCapabilities facts) => new(facts.Gpus.Sum(gpu => gpu.Count), facts);

    public static PoolNode Node(NodeProvides node, DateTimeOffset now, string name = "rack") =>
        new()
        {
            Name = name,
            Gpus = node.Gpus,
            Slots = Math.Max(2, node.Gpus),
            LeasedSlots = 0,
            SeenAt = now,
            IdleSince = now,
            IsRetired = false,
            Facts = node.Facts,
        };

    public static NodeOffer Offer(NodeProvides node, string name = "rack") =>
        new()
        {
            Node = name,
            Pool = "default",
            Gpus = node.Gpus,
            Slots = Math.Max(2, node.Gpus),
            FreeSlots = Math.Max(2, node.Gpus),
            Facts = node.Facts,
            FreeCpus = node.Facts?.Cpus,
            FreeMemoryBytes = node.Facts?.MemoryBytes,
            FreeDiskBytes = node.Facts?.DiskBytes,
        };
}
