using System.Globalization;

namespace Trainyard.Agent.Limits;

/// <summary>The resources that the kernel limits or counts.</summary>
internal enum Controller
{
    Memory,
    Cpu,
    CpuTime,
    Pids,
}

/// <summary>A file of a group, and the key of its line where the file has several lines.</summary>
internal sealed record ControlGroupValue(string File, string? Key = null);

/// <summary>The folders of a machine's control groups, and the file names of version 1 and version 2.</summary>
internal sealed record ControlGroupLayout
{
    public const string Processes = "cgroup.procs";

    /// <summary>Version 1 alone has it: a thread can be in another group than its process.</summary>
    public const string Threads = "tasks";

    private const long Period = 100_000;

    /// <summary>By controller, the folder below which new groups are created.</summary>
    public required IReadOnlyDictionary<Controller, string> Controllers { get; init; }

    public required bool IsUnified { get; init; }

    /// <summary>Whether new groups are created directly below the agent's own, for all controllers.</summary>
    public bool AreBelowOwn { get; init; }

    public IEnumerable<string> Parents => Controllers.Values.Distinct();

    public string MemoryLimit => IsUnified ? "memory.max" : "memory.limit_in_bytes";

    public string SwapLimit => IsUnified ? "memory.swap.max" : "memory.memsw.limit_in_bytes";

    /// <summary>Whether the swap limit counts memory and swap together.</summary>
    public bool SwapCountsMemory => !IsUnified;

    public string ProcessLimit => "pids.max";

    public ControlGroupValue PeakMemory => new(IsUnified ? "memory.peak" : "memory.max_usage_in_bytes");

    public ControlGroupValue OutOfMemoryKills => new(IsUnified ? "memory.events" : "memory.oom_control", "oom_kill");

    public ControlGroupValue RefusedProcesses => new("pids.events", "max");

    public ControlGroupValue CpuTime => IsUnified ? new("cpu.stat", "usage_usec") : new("cpuacct.usage");

    /// <summary>The unit of the CPU time counter, in seconds.</summary>
    public double CpuTimeUnit => IsUnified ? 1e-6 : 1e-9;

    public string? Folder(Controller controller) => Controllers.GetValueOrDefault(controller);

    public bool Has(Controller controller, string group, string file) =>
        Folder(controller) is { } parent && File.Exists(Path.Combine(parent, group, file));

    public void LimitCpus(Action<(string File, string Text)> write, double cpus)
    {
        var quota = Math.Max(1_000, (long)(cpus * Period)).ToString(CultureInfo.InvariantCulture);
        var period = Period.ToString(CultureInfo.InvariantCulture);
        if (IsUnified)
        {
            write(("cpu.max", $"{quota} {period}"));
            return;
        }
        write(("cpu.cfs_period_us", period));
        write(("cpu.cfs_quota_us", quota));
    }
}
