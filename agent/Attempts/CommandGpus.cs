using System.Globalization;
using Trainyard.Agent.Gpus;
using Trainyard.Agent.Sandboxes;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Attempts;

/// <summary>Tells a command which GPUs it has.</summary>
internal static class CommandGpus
{
    /// <summary>
    /// The value of <c>CUDA_VISIBLE_DEVICES</c>: device numbers where the command sees all devices. A sandbox that
    /// hides the other devices makes CUDA count from 0 again, so UUIDs are used there, and for GPU slices.
    /// </summary>
    public static string Names(IReadOnlyList<Gpu> gpus, ISandbox sandbox) =>
        string.Join(
            ',',
            gpus.Select(gpu =>
                gpu.IsSlice || sandbox.HidesDevices ? gpu.Uuid : gpu.Index.ToString(CultureInfo.InvariantCulture)
            )
        );

    /// <summary>A log line about missing GPUs; null when the run has the GPUs that it asked for.</summary>
    public static string? Missing(NodeTask task, IReadOnlyList<Gpu> gpus) =>
        task.Gpus <= gpus.Count ? null
        : gpus.Count == 0 ? $"The run asked for {Count(task.Gpus)}; this node has none: it runs on the CPU."
        : $"The run asked for {Count(task.Gpus)}; it got {Count(gpus.Count)}.";

    private static string Count(int gpus) => gpus == 1 ? "1 GPU" : $"{gpus} GPUs";
}
