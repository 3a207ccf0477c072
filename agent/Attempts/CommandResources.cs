using System.Globalization;
using Trainyard.Agent.Limits;
using Trainyard.Agent.Settings;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Attempts;

/// <summary>The resource limits of a command, and the log lines about them.</summary>
internal static class CommandResources
{
    /// <summary>Upper bounds only: a node with fewer CPUs than the run asked for sets no CPU limit.</summary>
    public static ResourceLimits Of(NodeTask task, AgentOptions options) =>
        new()
        {
            MemoryBytes = task.MemoryBytes,
            Cpus = task.Cpus < Environment.ProcessorCount ? task.Cpus : null,
            Processes = options.MaxProcesses,
        };

    /// <summary>Log lines about requested limits that this node cannot enforce.</summary>
    public static IEnumerable<string> Unlimited(ResourceLimits limits, ControlGroups groups)
    {
        var asked = groups.Unlimited.Where(name =>
            (name != "memory" || limits.MemoryBytes is not null) && (name != "CPUs" || limits.Cpus is not null)
        );
        if (string.Join(", ", asked) is { Length: > 0 } names)
        {
            yield return $"This node cannot limit what the command uses of: {names}.";
        }
    }

    /// <summary>Log lines about limits that the command reached.</summary>
    public static IEnumerable<string> Reached(NodeTask task, AgentOptions options, ResourceUsage usage)
    {
        if (usage.OutOfMemoryKills > 0)
        {
            yield return $"{usage.OutOfMemoryKills} of the command's processes were killed: {OutOfMemory(task, usage)}.";
        }
        if (usage.RefusedProcesses > 0)
        {
            yield return $"The command met its limit of {options.MaxProcesses} processes and threads, {usage.RefusedProcesses} times.";
        }
    }

    public static string OutOfMemory(NodeTask task, ResourceUsage usage) =>
        $"the command reached its limit of {Megabytes(task.MemoryBytes)} of memory (most in use: {Megabytes(usage.PeakMemoryBytes)}); ask for more with `memory`";

    private static string Megabytes(long? bytes) =>
        bytes is { } b ? string.Create(CultureInfo.InvariantCulture, $"{b / 1e6:0.#} MB") : "unknown";
}
