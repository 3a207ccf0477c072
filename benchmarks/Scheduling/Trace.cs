using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools.Matching;

namespace Trainyard.Benchmarks.Scheduling;

/// <summary>A run of the trace.</summary>
/// <param name="Index">Its place in the order of arrival.</param>
/// <param name="Owner">Whose.</param>
/// <param name="Needs">One of few instances.</param>
/// <param name="Kind">Which kinds of nodes can run it: bit 0 the large ones, bit 1 the small ones.</param>
/// <param name="Limit">In seconds, its max_duration; 0 without.</param>
/// <param name="Length">In seconds, how long it really runs.</param>
/// <param name="Nodes">How many nodes it needs at once.</param>
internal sealed record TraceRun(int Index, int Owner, RunNeeds Needs, int Kind, int Limit, int Length, int Nodes)
{
    /// <summary>On all its nodes.</summary>
    public int Gpus => Needs.Gpus * Nodes;

    /// <summary>On each of its nodes.</summary>
    public int Slots => Math.Max(1, Needs.Gpus);

    public double GpuSeconds => (double)Gpus * Length;
}

/// <summary>Nodes of one kind.</summary>
internal sealed record NodeKind(int Bit, int Gpus, string Model)
{
    public NodeCapabilities Facts { get; } =
        new()
        {
            Cpus = Gpus * 16,
            MemoryBytes = Gpus * 100_000_000_000L,
            Gpus = [new GpuFacts(Model, Gpus)],
            Pythons = [],
        };
}

/// <summary>
/// A mixed trace, the same for the same seed: many small and short runs, some that take a whole node for long, most with a
/// max_duration that is longer than they run, owners of very different demand.
/// </summary>
internal sealed record Trace(IReadOnlyList<NodeKind> Nodes, IReadOnlyList<TraceRun> Runs, int Owners)
{
    private static readonly NodeKind Large = new(1, 8, "NVIDIA A100-SXM4-80GB");
    private static readonly NodeKind Small = new(2, 4, "Tesla V100-SXM2-16GB");
    private static readonly int[] Limits = [900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400];
    private static readonly int[] LimitWeights = [15, 20, 20, 15, 14, 10, 6];
    private static readonly int[] Sizes = [0, 1, 2, 4, 8, 16, 32, 64];
    private static readonly int[] SizeWeights = [8, 48, 15, 13, 12, 2, 1, 1];
    private static readonly string?[] Types = [null, "a100", "v100"];
    private static readonly int[] TypeWeights = [45, 30, 25];

    public int Gpus => Nodes.Sum(node => node.Gpus);

    public static Trace Make(int nodes, int runs, int owners, int seed)
    {
        var random = new Random(seed);
        var needs = new Dictionary<(int, string?), RunNeeds>();
        var all = new List<TraceRun>(runs);
        for (var i = 0; i < runs; i++)
        {
            var size = Pick(Sizes, SizeWeights, random);
            var (gpus, width) = (Math.Min(8, size), Math.Max(1, size / 8));
            var type = gpus == 0 ? null : Pick(Types, TypeWeights, random);
            type = gpus == 8 && type == "v100" ? "a100" : type;
            if (!needs.TryGetValue((gpus, type), out var need))
            {
                needs[(gpus, type)] = need = new RunNeeds { Gpus = gpus, GpuType = type };
            }
            var kind = (gpus <= 8 && type != "v100" ? 1 : 0) | (gpus <= 4 && type != "a100" ? 2 : 0);
            var limit = Pick(Limits, LimitWeights, random);
            // A third runs to its limit or nearly, the others for any part of it.
            var part = random.Next(3) == 0 ? 0.9 + (0.1 * random.NextDouble()) : 0.05 + (0.9 * random.NextDouble());
            var length = Math.Max(30, (int)(limit * part));
            all.Add(
                new TraceRun(i, Skewed(owners, random), need, kind, random.Next(10) == 0 ? 0 : limit, length, width)
            );
        }
        return new Trace([.. Enumerable.Range(0, nodes).Select(i => i % 5 < 4 ? Large : Small)], all, owners);
    }

    // Some owners submit a hundred times as much as others.
    private static int Skewed(int owners, Random random) =>
        Math.Min(owners - 1, (int)(owners * Math.Pow(random.NextDouble(), 2.5)));

    private static T Pick<T>(T[] values, int[] weights, Random random)
    {
        var left = random.Next(weights.Sum());
        var i = 0;
        while (left >= weights[i])
        {
            left -= weights[i++];
        }
        return values[i];
    }
}
