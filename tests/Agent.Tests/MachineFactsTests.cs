using Trainyard.Agent.Facts;
using Trainyard.Agent.Gpus;
using Trainyard.Agent.Leasing;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests;

/// <summary>What a node says that it can provide.</summary>
public sealed class MachineFactsTests
{
    private const string MemoryInfo = "MemTotal:       24659820 kB\nMemFree:        1 kB\n";

    [Theory]
    [InlineData("", "", 25_251_655_680)]
    [InlineData("max", "", 25_251_655_680)]
    [InlineData("1073741824", "", 1_073_741_824)]
    [InlineData("", "9223372036854771712", 25_251_655_680)]
    [InlineData("", "536870912", 536_870_912)]
    public void Memory_is_the_machine_s_or_what_the_agent_is_limited_to(string unified, string separate, long bytes) =>
        Assert.Equal(bytes, MachineSize.MemoryOf(MemoryInfo, [unified, separate]));

    [Fact]
    public void The_machine_has_a_size() =>
        Assert.True(
            MachineSize.Cpus >= 1 && MachineSize.MemoryBytes > 1 << 26,
            $"{MachineSize.Cpus}, {MachineSize.MemoryBytes}"
        );

    [Fact]
    public void GPUs_are_told_by_model_with_their_memory()
    {
        var found = GpuProbe.Read(
            """
            GPU 0: NVIDIA A100-SXM4-80GB (UUID: GPU-a)
            GPU 1: NVIDIA A100-SXM4-80GB (UUID: GPU-b)
              MIG 3g.40gb     Device  0: (UUID: MIG-c)
            GPU 2: NVIDIA A100-SXM4-80GB (UUID: GPU-d)
            """,
            visible: null
        );
        var query = GpuQuery.Read("GPU-a, 81920, 535.54.03\nGPU-b, 81920, 535.54.03\nGPU-d, [N/A], 535.54.03\n");

        Assert.Equal("535.54.03", query.Driver);
        Assert.Equal(
            [
                new GpuFacts("NVIDIA A100-SXM4-80GB", 1, 81920L << 20),
                new GpuFacts("NVIDIA A100-SXM4-80GB MIG 3g.40gb", 1),
                new GpuFacts("NVIDIA A100-SXM4-80GB", 1),
            ],
            query.Describe(found.Gpus)
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("NVIDIA-SMI has failed\n")]
    public void A_driver_that_says_nothing_more_leaves_it_open(string answer)
    {
        var query = GpuQuery.Read(answer);

        Assert.Null(query.Driver);
        Assert.Equal([new GpuFacts("K80", 1)], query.Describe([new Gpu(0, "GPU-a") { Model = "K80" }]));
    }

    [Fact]
    public async Task Pythons_are_those_on_the_path_with_the_frameworks_that_are_installed()
    {
        using var folder = new TemporaryFolder();
        var answer = """{"version": "3.9.1", "packages": {"torch": "2.9.1+cpu"}}""";
        Program(folder, "python3", $"echo a greeting; echo '{answer}'");
        Program(folder, "python2", "exit 1");

        var python = Assert.Single(await new PythonProbe([folder.Path]).FindAsync());

        Assert.Equal(("python3", "3.9.1"), (python.Program, python.Version));
        Assert.Equal([KeyValuePair.Create("torch", "2.9.1+cpu")], python.Packages);
    }

    [Fact]
    public async Task The_usual_Python_is_told_before_an_older_one_is_asked()
    {
        using var folder = new TemporaryFolder();
        var asked = Path.Combine(folder.Path, "asked");
        Program(folder, "python3", """echo '{"version": "3.9.1", "packages": {}}'""");
        Program(folder, "python2", $$$"""echo once >> {{{asked}}}; echo '{"version": "2.7.18", "packages": {}}'""");
        var probe = new PythonProbe([folder.Path]);
        await probe.BeginAsync();

        Assert.Equal(["3.9.1"], (await probe.FindUsualAsync()).Select(p => p.Version));
        Assert.True(probe.HasOld);
        Assert.False(File.Exists(asked));
        Assert.Equal(["3.9.1", "2.7.18"], (await probe.FindAsync()).Select(p => p.Version));
        Assert.Equal("once\n", await File.ReadAllTextAsync(asked));
    }

    [Fact]
    public async Task The_real_Python_tells_its_version()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');

        var python = (await new PythonProbe(path).FindAsync()).Single(p => p.Program == "python3");

        Assert.Matches(@"^3\.\d+\.\d+", python.Version);
    }

    [Fact]
    public async Task Without_Python_there_is_none() =>
        Assert.Empty(await new PythonProbe(["/nonexistent"]).FindAsync());

    [Fact]
    public void What_runs_were_promised_is_not_free_and_one_that_stands_for_more_gets_its_share()
    {
        var facts = new NodeCapabilities { Cpus = 8, MemoryBytes = 32_000_000_000 };
        var promises = new CommittedResources();
        var first = new HeldLease(RunId.New(), 1);

        promises.Make(first, Task(cpus: 3, memory: 8_000_000_000), facts, slots: 2);
        promises.Make(
            new HeldLease(RunId.New(), 1),
            Task(cpus: 26, memory: 24_000_000_000, standsIn: true),
            facts,
            slots: 2
        );

        Assert.Equal((1, 8_000_000_000), (promises.FreeCpus(facts), promises.FreeMemoryBytes(facts)));
        promises.End(first);
        Assert.Equal((4, 16_000_000_000), (promises.FreeCpus(facts), promises.FreeMemoryBytes(facts)));
    }

    private static NodeTask Task(double cpus, long memory, bool standsIn = false) =>
        new()
        {
            RunId = RunId.New(),
            Attempt = 1,
            LeaseToken = "t",
            LeaseSeconds = 60,
            HeartbeatSeconds = 5,
            Command = "true",
            ArchiveSha256 = "",
            DataBucket = "d",
            ResultsBucket = "r",
            Gpus = 0,
            Slots = 1,
            Cpus = cpus,
            MemoryBytes = memory,
            StandsIn = standsIn,
            GraceSeconds = 1,
            LogOffset = 0,
            MetricsOffset = 0,
        };

    private static void Program(TemporaryFolder folder, string name, string script)
    {
        var path = folder.Write(name, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
