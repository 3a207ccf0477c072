using System.Globalization;

namespace Trainyard.Agent.Limits;

/// <summary>The control group of one command's processes. No process can leave it.</summary>
/// <param name="layout">The folders of the controllers and the names of their files.</param>
/// <param name="name">The group's name, a single folder name.</param>
internal sealed class ControlGroup(ControlGroupLayout layout, string name)
{
    public string Name => name;

    /// <exception cref="IOException">The machine refuses it.</exception>
    /// <exception cref="UnauthorizedAccessException">The machine refuses it.</exception>
    public void Create(ResourceLimits limits)
    {
        foreach (var folder in Folders)
        {
            Directory.CreateDirectory(folder);
        }
        if (limits.MemoryBytes is { } bytes)
        {
            Write(Controller.Memory, layout.MemoryLimit, bytes);
        }
        if (limits.MemoryBytes is { } both && layout.Has(Controller.Memory, name, layout.SwapLimit))
        {
            Write(Controller.Memory, layout.SwapLimit, layout.SwapCountsMemory ? both : 0);
        }
        if (limits.Cpus is { } cpus)
        {
            layout.LimitCpus(value => Write(Controller.Cpu, value.File, value.Text), cpus);
        }
        Write(Controller.Pids, layout.ProcessLimit, limits.Processes);
    }

    /// <summary>Adds a process, and with it all processes that it will start.</summary>
    public void Add(int pid)
    {
        foreach (var folder in Folders)
        {
            File.WriteAllText(Path.Combine(folder, ControlGroupLayout.Processes), Text(pid));
        }
    }

    /// <summary>
    /// Moves the calling thread into the group, so that the processes that it starts begin there, until the result is
    /// disposed by the same thread. The kernel moves a thread that asks for itself at once; for a process of its own, it
    /// first waits until no other process starts or ends, which takes some 10 ms.
    /// </summary>
    /// <returns>Null where only processes can be moved.</returns>
    public IDisposable? TryEnter()
    {
        if (!layout.AreBelowOwn)
        {
            return null;
        }
        var scope = new ControlGroupScope([.. layout.Parents], [.. Folders]);
        return scope.TryGo() ? scope : null;
    }

    /// <summary>The processes that are in the group now.</summary>
    public IReadOnlySet<int> Members()
    {
        var members = new HashSet<int>();
        foreach (var folder in Folders)
        {
            foreach (var line in Lines(Path.Combine(folder, ControlGroupLayout.Processes)))
            {
                members.Add(int.Parse(line, CultureInfo.InvariantCulture));
            }
        }
        return members;
    }

    public ResourceUsage Usage() =>
        new()
        {
            PeakMemoryBytes = Number(Controller.Memory, layout.PeakMemory),
            CpuSeconds = Number(Controller.CpuTime, layout.CpuTime) * layout.CpuTimeUnit,
            OutOfMemoryKills = Number(Controller.Memory, layout.OutOfMemoryKills) ?? 0,
            RefusedProcesses = Number(Controller.Pids, layout.RefusedProcesses) ?? 0,
        };

    /// <returns>False while the group still has processes.</returns>
    public bool TryRemove()
    {
        try
        {
            foreach (var folder in Folders.Where(Directory.Exists))
            {
                Directory.Delete(folder);
            }
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private IEnumerable<string> Folders => layout.Parents.Select(parent => Path.Combine(parent, name));

    private void Write(Controller controller, string file, long value) => Write(controller, file, Text(value));

    private void Write(Controller controller, string file, string text)
    {
        if (layout.Folder(controller) is { } parent)
        {
            File.WriteAllText(Path.Combine(parent, name, file), text);
        }
    }

    private long? Number(Controller controller, ControlGroupValue value)
    {
        if (layout.Folder(controller) is not { } parent)
        {
            return null;
        }
        var lines = Lines(Path.Combine(parent, name, value.File));
        var text = value.Key is null
            ? lines.FirstOrDefault()
            : lines.Select(l => l.Split(' ')).FirstOrDefault(l => l[0] == value.Key)?[^1];
        return long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private static string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
