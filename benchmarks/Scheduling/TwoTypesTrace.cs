using Trainyard.Core.Pools.Matching;

namespace Trainyard.Benchmarks.Scheduling;

/// <summary>
/// The plain trace: nodes of two types, all runs there from the beginning, many small and short ones, some that take a whole node
/// for long, most with a max_duration that is longer than they run.
/// </summary>
internal static class TwoTypesTrace
{
    private static readonly NodeKind Large = new("NVIDIA A100-SXM4-80GB", gpus: 8, slots: 8, cpus: 128);
    private static readonly NodeKind Small = new("Tesla V100-SXM2-16GB", gpus: 4, slots: 4, cpus: 64);

    public static Trace Make(int nodes, int runs, int owners, int seed)
    {
        var random = new Random(seed);
        var asks = new Dictionary<(int, string?), Ask>();
        var all = new List<TraceRun>(runs);
        for (var i = 0; i < runs; i++)
        {
            var size = random.Pick((0, 8), (1, 48), (2, 15), (4, 13), (8, 12), (16, 2), (32, 1), (64, 1));
            var type = size == 0 ? null : random.Pick<string?>((null, 45), ("a100", 30), ("v100", 25));
            type = size >= 8 && type == "v100" ? "a100" : type;
            if (!asks.TryGetValue((size, type), out var ask))
            {
                var needs = new RunNeeds { Gpus = Math.Min(8, size), GpuType = type };
                asks[(size, type)] = ask = new Ask(needs, Math.Max(1, size / 8));
            }
            var limit = random.Pick(
                (900, 15),
                (1_800, 20),
                (3_600, 20),
                (7_200, 15),
                (14_400, 14),
                (28_800, 10),
                (86_400, 6)
            );
            // A third runs to its limit or nearly, the others for any part of it.
            var part = random.Next(3) == 0 ? 0.9 + (0.1 * random.NextDouble()) : 0.05 + (0.9 * random.NextDouble());
            var length = Math.Max(30, (int)(limit * part));
            var owner = random.Owner(owners, power: 2.5);
            all.Add(new TraceRun(i, owner, ask, 0, random.Next(10) == 0 ? 0 : limit, length));
        }
        return new Trace(
            "two types",
            [.. Enumerable.Range(0, nodes).Select(i => i % 5 < 4 ? Large : Small)],
            all,
            owners
        );
    }
}
