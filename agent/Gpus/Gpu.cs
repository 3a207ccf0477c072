namespace Trainyard.Agent.Gpus;

/// <summary>A GPU, or a MIG slice of one.</summary>
/// <param name="Index">The GPU's number in <c>nvidia-smi</c>; a slice has the number of its GPU.</param>
/// <param name="Uuid"><c>GPU-…</c> or <c>MIG-…</c>; does not change when numbers change.</param>
internal sealed record Gpu(int Index, string Uuid)
{
    /// <summary>The driver's name, such as <c>Tesla V100-SXM2-16GB</c>; for a slice, also its profile.</summary>
    public string Model { get; init; } = "";

    /// <summary>CUDA knows slices only by their UUID.</summary>
    public bool IsSlice => Uuid.StartsWith("MIG-", StringComparison.Ordinal);
}

internal enum GpuState
{
    /// <summary>The driver lists GPUs.</summary>
    Found,

    /// <summary>The machine has no usable GPU, or the operator wants none used.</summary>
    None,

    /// <summary>There is a driver, but it does not answer properly.</summary>
    Broken,
}

/// <summary>The result of a GPU query.</summary>
/// <param name="State">Whether GPUs were found.</param>
/// <param name="Gpus">The GPUs, in the driver's order.</param>
/// <param name="Why">The reason, as one clause, for any state but <see cref="GpuState.Found"/>.</param>
internal sealed record GpuListing(GpuState State, IReadOnlyList<Gpu> Gpus, string Why)
{
    public static GpuListing None(string why) => new(GpuState.None, [], why);

    public static GpuListing Broken(string why) => new(GpuState.Broken, [], why);
}
