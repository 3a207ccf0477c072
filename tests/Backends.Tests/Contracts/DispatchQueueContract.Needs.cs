using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Matching;

namespace Trainyard.Backends.Tests.Contracts;

public abstract partial class DispatchQueueContract
{
    private static readonly RunNeeds Much = new()
    {
        Gpus = 1,
        GpuType = "v100",
        Cpus = 8,
        MemoryBytes = 32_000_000_000,
        DiskBytes = 200L << 30,
        Requires = new Dictionary<string, string> { ["disk"] = "ssd" },
        Framework = new FrameworkNeed
        {
            Name = "tensorflow",
            Version = "2.18",
            Packages = ["tensorflow"],
            Versions = ["2.18"],
            Python = "3",
        },
    };

    private static NodeCapabilities Fit { get; } =
        new()
        {
            Cpus = 8,
            MemoryBytes = 32_000_000_000,
            DiskBytes = 200L << 30,
            Labels = new Dictionary<string, string> { ["disk"] = "ssd", ["rack"] = "7" },
            Gpus = [new GpuFacts("Tesla V100-SXM2-16GB", 1)],
            Pythons =
            [
                new PythonFacts
                {
                    Program = "python3",
                    Version = "3.12.1",
                    Packages = new Dictionary<string, string> { ["tensorflow"] = "2.18.1" },
                },
            ],
        };

    public static TheoryData<string> Shortcomings =>
        [
            "gpus",
            "gpu_type",
            "cpus",
            "memory",
            "disk",
            "untold disk",
            "framework",
            "python",
            "free cpus",
            "free memory",
            "free disk",
            "label",
            "labels",
            "pool",
            "silent",
        ];

    [Theory]
    [MemberData(nameof(Shortcomings))]
    public async Task A_node_that_lacks_one_thing_is_passed_over(string what)
    {
        var id = await EnqueueAsync(Much);
        var fit = Gpu("fit", 1) with { Facts = Fit };
        var unfit = what switch
        {
            "gpus" => Cpu("unfit") with { Facts = Fit with { Gpus = [] } },
            "gpu_type" => fit with { Facts = Fit with { Gpus = [new GpuFacts("Tesla T4", 1)] } },
            "cpus" => fit with { Facts = Fit with { Cpus = 7 } },
            "memory" => fit with { Facts = Fit with { MemoryBytes = 31_999_999_999 } },
            "disk" => fit with { Facts = Fit with { DiskBytes = 199L << 30 } },
            "untold disk" => fit with { Facts = Fit with { DiskBytes = null } },
            "framework" => fit with { Facts = Fit with { Pythons = [Fit.Pythons![0] with { Packages = None }] } },
            "python" => fit with { Facts = Fit with { Pythons = null } },
            "free cpus" => fit with { FreeCpus = 7 },
            "free memory" => fit with { FreeMemoryBytes = 31_999_999_999 },
            "free disk" => fit with { FreeDiskBytes = 199L << 30 },
            "label" => fit with { Facts = Fit with { Labels = new Dictionary<string, string> { ["disk"] = "hdd" } } },
            "labels" => fit with { Facts = Fit with { Labels = null } },
            "pool" => fit with { Pool = "other" },
            _ => fit with { Facts = null },
        };

        Assert.Null(await LeaseAsync(unfit with { Node = "unfit" }));
        Assert.Equal(id, (await LeaseAsync(fit))!.RunId);
    }

    [Fact]
    public async Task The_disk_of_a_node_is_promised_once_and_a_run_without_takes_none()
    {
        var asking = new RunNeeds { Gpus = 1, DiskBytes = 120L << 30 };
        var first = await EnqueueAsync(asking);
        var second = await EnqueueAsync(asking);
        var without = await EnqueueAsync(new RunNeeds { Gpus = 1 });
        var node = Gpu("node", 3) with { Facts = Fit with { Gpus = [new GpuFacts("Tesla V100-SXM2-16GB", 3)] } };

        var given = await LeaseAsync(node with { FreeDiskBytes = 200L << 30 });
        Assert.Equal(first, given!.RunId);
        var left = node with
        {
            FreeSlots = 2,
            FreeDiskBytes = 80L << 30,
            Holds = [new HeldLease(first, given.Attempt)],
        };
        var next = await LeaseAsync(left);
        Assert.Equal(without, next!.RunId);
        left = left with { FreeSlots = 1, Holds = [.. left.Holds, new HeldLease(without, next.Attempt)] };
        Assert.Null(await LeaseAsync(left));
        Assert.Equal(second, (await LeaseAsync(left with { FreeDiskBytes = 120L << 30 }))!.RunId);
    }

    [Fact]
    public async Task What_a_node_cannot_run_holds_up_nobody_behind_it()
    {
        await EnqueueAsync(Much);
        var behind = await EnqueueAsync();

        Assert.Equal(behind, (await LeaseAsync(Cpu("cpu") with { Facts = Fit with { Gpus = [] } }))!.RunId);
    }

    [Fact]
    public async Task A_CPU_node_does_not_stand_in_where_a_node_with_the_GPUs_is_there()
    {
        await LeaseAsync(Gpu("gpu", 1) with { Facts = Fit, FreeSlots = 0 });
        var id = await EnqueueAsync(Much with { Framework = null });

        Assert.Null(await LeaseAsync(Cpu("cpu")));
        Assert.Equal(id, (await LeaseAsync(Gpu("gpu", 1) with { Facts = Fit }))!.RunId);
    }

    private static IReadOnlyDictionary<string, string> None => new Dictionary<string, string>();

    private async Task<RunId> EnqueueAsync(RunNeeds needs)
    {
        var id = RunId.New();
        await Queue.EnqueueAsync(Entry(id) with { Needs = needs }, default);
        return id;
    }
}
