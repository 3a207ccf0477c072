namespace Trainyard.Benchmarks.Scheduling;

/// <summary>The nodes of a pool, and the types that its runs name.</summary>
/// <param name="Name">Whose pool it is like.</param>
/// <param name="Kinds">How often each kind of node is there.</param>
/// <param name="SmallTypes">How often each type is named by runs with one or two GPUs.</param>
/// <param name="LargeTypes">And by larger ones.</param>
internal sealed record Machines(
    string Name,
    (NodeKind Kind, int Weight)[] Kinds,
    (string Type, int Weight)[] SmallTypes,
    (string Type, int Weight)[] LargeTypes
)
{
    public const string FastNetwork = "fast";

    /// <summary>Most GPUs in nodes of eight, of one type; a fifth of the nodes without.</summary>
    public static Machines Alibaba2023 { get; } =
        new(
            "nodes as in Alibaba's pool of 2023",
            [
                (new("NVIDIA A100-SXM4-80GB", gpus: 8, slots: 8, cpus: 96, FastNetwork), 524),
                (new("Tesla T4", gpus: 2, slots: 2, cpus: 96), 421),
                (new(model: null, gpus: 0, slots: 16, cpus: 96), 310),
                (new("Tesla P100-PCIE-16GB", gpus: 2, slots: 2, cpus: 64), 133),
                (new("NVIDIA H100 80GB HBM3", gpus: 8, slots: 8, cpus: 128, FastNetwork), 39),
                (new("Tesla V100-SXM2-32GB", gpus: 8, slots: 8, cpus: 96), 26),
                (new("Tesla V100-SXM2-16GB", gpus: 8, slots: 8, cpus: 96), 24),
                (new("NVIDIA A100-SXM4-80GB MIG 1g.10gb", gpus: 56, slots: 56, cpus: 128), 25),
            ],
            [("t4", 45), ("v100", 28), ("a100", 15), ("p100", 10), ("h100", 2)],
            [("a100", 75), ("v100", 15), ("h100", 10)]
        );

    /// <summary>Two thirds of the nodes have two GPUs: enough for nearly all small runs.</summary>
    public static Machines Pai2020 { get; } =
        new(
            "nodes as in Alibaba's pool of 2020",
            [
                (new("Tesla P100-PCIE-16GB", gpus: 2, slots: 2, cpus: 64), 420),
                (new("Tesla T4", gpus: 2, slots: 2, cpus: 96), 262),
                (new("Tesla M60", gpus: 8, slots: 8, cpus: 96), 131),
                (new("NVIDIA A100-SXM4-80GB MIG 1g.10gb", gpus: 56, slots: 56, cpus: 128), 17),
                (new("Tesla V100-SXM2-32GB", gpus: 8, slots: 8, cpus: 96, FastNetwork), 71),
                (new("Tesla V100-SXM2-16GB", gpus: 8, slots: 8, cpus: 96), 55),
                (new(model: null, gpus: 0, slots: 16, cpus: 96), 44),
            ],
            [("t4", 45), ("v100", 30), ("p100", 15), ("m60", 10)],
            [("v100", 75), ("m60", 25)]
        );
}
