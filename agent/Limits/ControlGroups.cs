using Microsoft.Extensions.Logging;
using Trainyard.Agent.Logging;

namespace Trainyard.Agent.Limits;

/// <summary>Creates the control groups of commands, as far as the machine allows.</summary>
internal sealed class ControlGroups(ControlGroupLayout layout, ILogger logger)
{
    private static readonly (Controller Controller, string Name)[] Limited =
    [
        (Controller.Memory, "memory"),
        (Controller.Cpu, "CPUs"),
        (Controller.Pids, "processes"),
    ];

    /// <summary>The resources that this node cannot limit: memory, CPUs, processes.</summary>
    public IReadOnlyList<string> Unlimited { get; } =
    [.. Limited.Where(l => layout.Folder(l.Controller) is null).Select(l => l.Name)];

    /// <returns>Null when this machine has no control groups, or refuses this one.</returns>
    public ControlGroup? TryCreate(string name, ResourceLimits limits)
    {
        if (layout.Controllers.Count == 0)
        {
            return null;
        }
        var group = new ControlGroup(layout, name);
        try
        {
            group.Create(limits);
            return group;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            NodeLog.NoControlGroup(logger, name, e.Message);
            group.TryRemove();
            return null;
        }
    }

    /// <summary>A group that an earlier agent may have left.</summary>
    public ControlGroup Of(string name) => new(layout, name);
}
