using System.Diagnostics;
using Trainyard.Agent.Limits;
using Trainyard.Agent.Processes;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests;

/// <summary>What is written to and read from the kernel's files, for both of its versions.</summary>
public sealed class ControlGroupTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Version_2_has_one_folder_and_swap_of_its_own()
    {
        var root = _folder.Folder("unified");
        var group = new ControlGroup(Layout(isUnified: true, root, root), "run");
        _folder.Write("unified/run/memory.swap.max", "max\n");

        group.Create(
            new ResourceLimits
            {
                MemoryBytes = 512_000_000,
                Cpus = 0.5,
                Processes = 100,
            }
        );
        group.Add(42);

        Assert.Equal("512000000", Read("unified/run/memory.max"));
        Assert.Equal("0", Read("unified/run/memory.swap.max"));
        Assert.Equal("50000 100000", Read("unified/run/cpu.max"));
        Assert.Equal("100", Read("unified/run/pids.max"));
        Assert.Equal([42], group.Members());

        _folder.Write("unified/run/memory.peak", "1234\n");
        _folder.Write("unified/run/memory.events", "low 0\noom 3\noom_kill 2\noom_group_kill 0\n");
        _folder.Write("unified/run/cpu.stat", "usage_usec 2500000\nuser_usec 1\n");
        _folder.Write("unified/run/pids.events", "max 7\n");
        var expected = new ResourceUsage
        {
            PeakMemoryBytes = 1234,
            CpuSeconds = 2.5,
            OutOfMemoryKills = 2,
            RefusedProcesses = 7,
        };
        Assert.Equal(expected, group.Usage());
    }

    [Fact]
    public void Version_1_has_a_folder_for_each_and_one_limit_for_memory_and_swap()
    {
        var (memory, cpu) = (_folder.Folder("memory"), _folder.Folder("cpu"));
        var group = new ControlGroup(Layout(isUnified: false, memory, cpu), "run");
        _folder.Write("memory/run/memory.memsw.limit_in_bytes", "9223372036854771712\n");

        group.Create(
            new ResourceLimits
            {
                MemoryBytes = 512_000_000,
                Cpus = 1.5,
                Processes = 100,
            }
        );
        group.Add(42);

        Assert.Equal("512000000", Read("memory/run/memory.limit_in_bytes"));
        Assert.Equal("512000000", Read("memory/run/memory.memsw.limit_in_bytes"));
        Assert.Equal("100000", Read("cpu/run/cpu.cfs_period_us"));
        Assert.Equal("150000", Read("cpu/run/cpu.cfs_quota_us"));
        Assert.Equal("42", Read("memory/run/cgroup.procs"));
        Assert.Equal("42", Read("cpu/run/cgroup.procs"));

        _folder.Write("memory/run/memory.max_usage_in_bytes", "1234\n");
        _folder.Write("memory/run/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n");
        _folder.Write("cpu/run/cpuacct.usage", "1500000000\n");
        Assert.Equal(
            (1234, 1.5, 1),
            (group.Usage().PeakMemoryBytes, group.Usage().CpuSeconds, group.Usage().OutOfMemoryKills)
        );
    }

    [Fact]
    public void A_machine_without_control_groups_limits_nothing_and_says_what()
    {
        var probe = new ControlGroupProbe(_folder.File("no-cgroup"), _folder.File("no-mounts"));
        var groups = new ControlGroups(probe.Find(), Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);

        Assert.Equal(["memory", "CPUs", "processes"], groups.Unlimited);
        Assert.Null(groups.TryCreate("run", new ResourceLimits { Processes = 100 }));
    }

    public void Dispose() => _folder.Dispose();

    private string Read(string file) => File.ReadAllText(Path.Combine(_folder.Path, file)).Trim();

    [Fact]
    public void Of_version_1_a_thread_goes_into_all_groups_and_back()
    {
        var (memory, cpu) = (_folder.Folder("memory"), _folder.Folder("cpu"));
        _folder.Write("memory/run/tasks", "");
        _folder.Write("cpu/run/tasks", "");
        var group = new ControlGroup(Layout(isUnified: false, memory, cpu) with { AreBelowOwn = true }, "run");

        var stay = group.TryEnter();

        Assert.NotNull(stay);
        Assert.Equal(("0", "0"), (Read("memory/run/tasks"), Read("cpu/run/tasks")));
        File.Delete(Path.Combine(memory, "tasks"));
        File.Delete(Path.Combine(cpu, "tasks"));
        stay.Dispose();
        Assert.Equal(("0", "0"), (Read("memory/tasks"), Read("cpu/tasks")));
    }

    [Theory]
    [InlineData(false, false, true)]
    [InlineData(true, true, false)]
    public void No_thread_goes_where_it_could_not_come_back_from_or_go_on(bool isOwn, bool mayGoBack, bool mayGoOn)
    {
        var (memory, cpu) = (_folder.Folder("memory"), _folder.Folder("cpu"));
        _folder.Write("memory/run/tasks", "");
        if (mayGoOn)
        {
            _folder.Write("cpu/run/tasks", "");
        }
        if (!mayGoBack)
        {
            Directory.CreateDirectory(Path.Combine(memory, "tasks"));
        }

        Assert.Null(
            new ControlGroup(Layout(isUnified: false, memory, cpu) with { AreBelowOwn = isOwn }, "run").TryEnter()
        );
        Assert.Equal(mayGoBack ? "0" : "", Read("memory/run/tasks"));
        Assert.True(!mayGoBack || Read("memory/tasks") == "0");
    }

    [Fact]
    public async Task On_this_machine_a_process_begins_in_the_group_where_it_can_and_the_thread_is_back()
    {
        var layout = ControlGroupProbe.OfThisProcess.Find();
        var group = new ControlGroup(layout, $"trainyard-test-{Guid.NewGuid():n}");
        using var spawner = new SpawnThread();
        var start = new ProcessStartInfo("sleep", "60");
        if (!layout.AreBelowOwn || layout.Controllers.Count == 0)
        {
            Assert.Null(group.TryEnter());
            return;
        }
        group.Create(new ResourceLimits { Processes = 10 });

        using var inside = await spawner.StartAsync(start, group.TryEnter);
        using var outside = await spawner.StartAsync(start);

        try
        {
            Assert.Contains(inside.Id, group.Members());
            Assert.DoesNotContain(outside.Id, group.Members());
        }
        finally
        {
            inside.Kill();
            outside.Kill();
            await inside.WaitForExitAsync();
            Assert.True(group.TryRemove());
        }
    }

    private static ControlGroupLayout Layout(bool isUnified, string memory, string others) =>
        new()
        {
            IsUnified = isUnified,
            Controllers = new Dictionary<Controller, string>
            {
                [Controller.Memory] = memory,
                [Controller.Cpu] = others,
                [Controller.CpuTime] = others,
                [Controller.Pids] = others,
            },
        };
}
