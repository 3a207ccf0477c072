namespace Trainyard.Agent.Gpus;

/// <summary>A GPU, or a MIG slice of one.</summary>
/// <param name="Index">The GPU's number as <c>nvidia-smi</c> counts; a slice has that of its GPU.</param>
/// <param name="Uuid"><c>GPU-…</c> or <c>MIG-…</c>: stays when numbers change.</param>
internal sealed record Gpu(int Index, string Uuid)
{
    /// <summary>As the driver calls it, such as <c>Tesla V100-SXM2-16GB</c>; of a slice also which.</summary>
    public string Model { get; init; } = "";

    /// <summary>Slices are known to CUDA only by their UUID.</summary>
    public bool IsSlice => Uuid.StartsWith("MIG-", StringComparison.Ordinal);
}

internal enum GpuState
{
    /// <summary>The driver lists them.</summary>
    Found,

    /// <summary>The machine has none that could be used, or the operator wants none used.</summary>
    None,

    /// <summary>There is a driver, and it does not answer as it should.</summary>
    Broken,
}

/// <summary>What asking for GPUs told.</summary>
/// <param name="State">What is there.</param>
/// <param name="Gpus">In the driver's order.</param>
/// <param name="Why">One clause for anything but <see cref="GpuState.Found"/>.</param>
internal sealed record GpuListing(GpuState State, IReadOnlyList<Gpu> Gpus, string Why)
{
    public static GpuListing None(string why) => new(GpuState.None, [], why);

    public static GpuListing Broken(string why) => new(GpuState.Broken, [], why);
}
