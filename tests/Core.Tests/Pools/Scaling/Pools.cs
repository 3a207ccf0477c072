using FsCheck;
using FsCheck.Fluent;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Matching;
using Trainyard.Core.Pools.Scaling;

namespace Trainyard.Core.Tests.Pools.Scaling;

/// <summary>A pool as a plan is made for it.</summary>
internal sealed record Situation(IReadOnlyList<PoolMachine> Machines, PoolLoad Load, ScalingOptions Options)
{
    public static PoolOptions Pool { get; } = new() { CpuStandIn = true };

    public ScalingPlan Plan() => ScalingPlan.Make(Machines, Load, Options, Pool, Pools.Now);

    public PoolNode? NodeOn(PoolMachine machine) =>
        Load.Nodes.SingleOrDefault(node => NodeNames.IsOn(node.Name, machine.Name));

    public override string ToString() =>
        $"{string.Join(", ", Machines)}; waiting {string.Join(' ', Load.Waiting.Select(run => run.Needs.Gpus))}; {string.Join(", ", Load.Nodes)}; "
        + $"{Options.Minimum} to {Options.Maximum} of {Options.NodeGpus}";
}

/// <summary>Makes machines, nodes and queues.</summary>
internal static class Pools
{
    public static readonly DateTimeOffset Now = new(2026, 12, 31, 23, 59, 58, TimeSpan.Zero);

    public static PoolMachine Machine(int number, TimeSpan? age = null) =>
        new($"{number}", $"default-00000{number}", Now - (age ?? TimeSpan.FromHours(10)));

    public static PoolNode Node(int number, int slots = 1, int leased = 0, TimeSpan? idle = null) =>
        new()
        {
            Name = $"default-00000{number}-0a1b2c3d",
            Gpus = slots,
            Slots = slots,
            LeasedSlots = leased,
            SeenAt = Now,
            IdleSince = Now - (idle ?? TimeSpan.Zero),
            IsRetired = false,
        };

    public static PoolLoad Load(int[] waiting, params PoolNode[] nodes) =>
        new() { Waiting = [.. waiting.Select(Run)], Nodes = nodes };

    /// <summary>A run that needs so many GPUs.</summary>
    public static WaitingRun Run(int gpus) => new(RunId.New(), new RunNeeds { Gpus = gpus });

    /// <summary>A pool of equal machines in any state, with any queue.</summary>
    public static Gen<Situation> Any { get; } =
        from gpus in Gen.Choose(0, 4)
        from minimum in Gen.Choose(0, 3)
        from more in Gen.Choose(0, 5)
        from waiting in Gen.Choose(0, 5).ListOf()
        from size in Gen.Choose(0, 6)
        from machines in Gen.CollectToList(Enumerable.Range(0, size), number => AnyMachine(number, gpus))
        let options = new ScalingOptions
        {
            NodeGpus = gpus,
            Minimum = minimum,
            Maximum = Math.Max(1, minimum + more),
        }
        let nodes = machines.Select(each => each.Node).OfType<PoolNode>()
        select new Situation([.. machines.Select(each => each.Machine)], Load([.. waiting], [.. nodes]), options);

    private static Gen<(PoolMachine Machine, PoolNode? Node)> AnyMachine(int number, int gpus) =>
        from age in Minutes(600)
        from exists in Gen.Elements(true, true, true, false)
        from silence in Gen.OneOf(Gen.Constant(TimeSpan.Zero), Minutes(60))
        from idle in Minutes(60)
        let slots = gpus > 0 ? gpus : Situation.Pool.Slots
        from leased in Gen.Choose(0, slots)
        from retired in Gen.Elements(false, false, false, true)
        let seenAt = Now - Min(silence, age)
        let node = new PoolNode
        {
            Name = $"default-00000{number}-0a1b2c3d",
            Gpus = gpus,
            Slots = slots,
            LeasedSlots = retired ? 0 : leased,
            SeenAt = seenAt,
            IdleSince = seenAt - idle,
            IsRetired = retired,
        }
        select (Machine(number, age), exists ? node : null);

    private static Gen<TimeSpan> Minutes(int most) => Gen.Choose(0, most).Select(each => TimeSpan.FromMinutes(each));

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
