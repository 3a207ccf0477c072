namespace Trainyard.Agent.Limits;

/// <summary>Finds, at the agent's start, where the agent can create control groups, by creating one.</summary>
internal sealed class ControlGroupProbe(string cgroupFile, string mountsFile)
{
    private const string Ours = "trainyard";
    private static readonly ResourceLimits Trial = new()
    {
        MemoryBytes = 1L << 30,
        Cpus = 1,
        Processes = 64,
    };

    /// <summary>The probe for this process.</summary>
    public static ControlGroupProbe OfThisProcess { get; } = new("/proc/self/cgroup", "/proc/self/mounts");

    /// <returns>The layout with the controllers that work; no controllers where none works.</returns>
    public ControlGroupLayout Find()
    {
        var candidates = Unified().Append(Separate());
        var best = candidates.Select(Working).MaxBy(layout => layout.Controllers.Count);
        return best!;
    }

    /// <summary>
    /// Version 2 has one folder for all controllers. A root agent creates its own folder at the top; another agent
    /// uses the delegated group.
    /// </summary>
    private IEnumerable<ControlGroupLayout> Unified()
    {
        if (Mounts().FirstOrDefault(m => m.Type == "cgroup2") is not { } mount)
        {
            yield break;
        }
        if (Environment.IsPrivilegedProcess && Delegation.TryEnable(mount.Folder))
        {
            var own = Path.Combine(mount.Folder, Ours);
            if (TryCreate(own) && Delegation.TryEnable(own))
            {
                yield return Unified(own);
                yield break;
            }
        }
        var delegated = mount.Folder + Memberships().FirstOrDefault(m => m.Controllers.Length == 0).Path;
        // An earlier agent has already moved the processes aside.
        if (Path.GetFileName(delegated) == Delegation.OwnGroup)
        {
            delegated = Path.GetDirectoryName(delegated)!;
        }
        if (delegated != mount.Folder + "/" && Delegation.TryTake(delegated))
        {
            yield return Unified(delegated);
        }
    }

    private static ControlGroupLayout Unified(string folder)
    {
        var offered = Delegation.Enabled(folder);
        var controllers = new Dictionary<Controller, string>();
        if (offered.Contains("memory"))
        {
            controllers[Controller.Memory] = folder;
        }
        if (offered.Contains("cpu"))
        {
            controllers[Controller.Cpu] = controllers[Controller.CpuTime] = folder;
        }
        if (offered.Contains("pids"))
        {
            controllers[Controller.Pids] = folder;
        }
        return new ControlGroupLayout { Controllers = controllers, IsUnified = true };
    }

    /// <summary>Version 1: a folder for each controller, below the agent's own group.</summary>
    private ControlGroupLayout Separate()
    {
        var controllers = new Dictionary<Controller, string>();
        var areBelowOwn = true;
        foreach (var (controller, name) in Names)
        {
            var mount = Mounts().FirstOrDefault(m => m.Type == "cgroup" && m.Options.Contains(name));
            var membership = Memberships().FirstOrDefault(m => m.Controllers.Contains(name));
            if (mount is null || membership.Path is null)
            {
                continue;
            }
            var below = mount.Folder + membership.Path.TrimEnd('/');
            var isVisible = Directory.Exists(below);
            controllers[controller] = isVisible ? below : mount.Folder;
            areBelowOwn &= isVisible;
        }
        return new ControlGroupLayout
        {
            Controllers = controllers,
            IsUnified = false,
            AreBelowOwn = areBelowOwn,
        };
    }

    private static readonly (Controller, string)[] Names =
    [
        (Controller.Memory, "memory"),
        (Controller.Cpu, "cpu"),
        (Controller.CpuTime, "cpuacct"),
        (Controller.Pids, "pids"),
    ];

    private static ControlGroupLayout Working(ControlGroupLayout layout) =>
        layout with
        {
            Controllers = layout
                .Controllers.Where(pair =>
                    Works(layout with { Controllers = new Dictionary<Controller, string>([pair]) })
                )
                .ToDictionary(),
        };

    private static bool Works(ControlGroupLayout layout)
    {
        var group = new ControlGroup(layout, $"{Ours}-trial-{Environment.ProcessId}");
        try
        {
            group.Create(Trial);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
        finally
        {
            group.TryRemove();
        }
    }

    private static bool TryCreate(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private (string[] Controllers, string Path)[] Memberships() =>
        [
            .. Lines(cgroupFile)
                .Select(line => line.Split(':', 3))
                .Where(parts => parts.Length == 3)
                .Select(parts => (parts[1].Split(',', StringSplitOptions.RemoveEmptyEntries), parts[2])),
        ];

    private Mount[] Mounts() =>
        [
            .. Lines(mountsFile)
                .Select(line => line.Split(' '))
                .Where(parts => parts.Length >= 4 && parts[2] is "cgroup" or "cgroup2")
                .Select(parts => new Mount(parts[1], parts[2], parts[3].Split(','))),
        ];

    private static string[] Lines(string file) => File.Exists(file) ? File.ReadAllLines(file) : [];

    private sealed record Mount(string Folder, string Type, string[] Options);
}
