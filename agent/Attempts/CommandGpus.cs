using System.Globalization;
using Trainyard.Agent.Gpus;
using Trainyard.Agent.Sandboxes;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Attempts;

/// <summary>What a command is told about GPUs.</summary>
internal static class CommandGpus
{
    /// <summary>
    /// For <c>CUDA_VISIBLE_DEVICES</c>. Numbers, where a command sees all devices; where it sees only its own, CUDA counts those
    /// from 0 again, and a UUID stays right.
    /// </summary>
    public static string Names(IReadOnlyList<Gpu> gpus, ISandbox sandbox) =>
        string.Join(
            ',',
            gpus.Select(gpu =>
                gpu.IsSlice || sandbox.HidesDevices ? gpu.Uuid : gpu.Index.ToString(CultureInfo.InvariantCulture)
            )
        );

    /// <summary>A line for the run's log; null when the run has the GPUs that it asked for.</summary>
    public static string? Missing(NodeTask task, IReadOnlyList<Gpu> gpus) =>
        task.Gpus <= gpus.Count ? null
        : gpus.Count == 0 ? $"The run asked for {Count(task.Gpus)}; this node has none: it runs on the CPU."
        : $"The run asked for {Count(task.Gpus)}; it got {Count(gpus.Count)}.";

    private static string Count(int gpus) => gpus == 1 ? "1 GPU" : $"{gpus} GPUs";
}
