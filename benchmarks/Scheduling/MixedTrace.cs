using Trainyard.Core.Pools.Matching;

namespace Trainyard.Benchmarks.Scheduling;

/// <summary>
/// The mixed trace: nodes, sizes, lengths, owners and the day as published traces of large pools have them. The README says which
/// number follows which.
/// </summary>
internal sealed class MixedTrace
{
    private const int Minute = 60;
    private const int Hour = 60 * Minute;
    private const int Day = 24 * Hour;
    private const int MeanSweep = 7;

    // What people set, in seconds.
    private static readonly int[] Limits =
    [
        5 * Minute,
        15 * Minute,
        30 * Minute,
        Hour,
        2 * Hour,
        4 * Hour,
        8 * Hour,
        12 * Hour,
        Day,
        2 * Day,
        4 * Day,
        7 * Day,
        14 * Day,
    ];

    private readonly Machines _machines;
    private readonly Random _random;
    private readonly List<NodeKind> _nodes = [];
    private readonly Dictionary<(int, string?, double, bool), Ask> _asks = [];

    private MixedTrace(Machines machines, int nodes, int seed)
    {
        _machines = machines;
        _random = new Random(seed);
        var total = machines.Kinds.Sum(kind => kind.Weight);
        for (var i = 0; i < nodes; i++)
        {
            // As evenly as can be, so that a small pool has all kinds.
            var place = (int)((long)i * 387 % total);
            var kind = 0;
            while (place >= machines.Kinds[kind].Weight)
            {
                place -= machines.Kinds[kind++].Weight;
            }
            _nodes.Add(machines.Kinds[kind].Kind);
        }
    }

    /// <summary>So many runs wait from the beginning; an eighth more arrives while they are worked off.</summary>
    public static Trace Make(Machines machines, int nodes, int runs, int owners, int seed) =>
        new MixedTrace(machines, nodes, seed).Make(runs, owners);

    private Trace Make(int runs, int owners)
    {
        var waiting = new List<TraceRun>(runs);
        var later = new List<TraceRun>(runs / 8);
        Fill(waiting, runs, owners);
        Fill(later, runs / 8, owners);
        var gpus = _nodes.Sum(node => node.Gpus * node.GpusPerSlot);
        var ideal = waiting.Concat(later).Sum(run => run.GpuSeconds) / gpus;
        var arriving = later.Select(run => run with { Arrival = Arrival(ideal) }).OrderBy(run => run.Arrival);
        return new Trace(
            $"mixed, {_machines.Name}",
            _nodes,
            [.. waiting.Concat(arriving).Select((run, index) => run with { Index = index })],
            owners
        );
    }

    // Runs come in sweeps: an owner's equal runs with other parameters.
    private void Fill(List<TraceRun> into, int runs, int owners)
    {
        while (into.Count < runs)
        {
            var owner = _random.Owner(owners, power: 5);
            var size = NextSize();
            // One in seven, as sweeps have seven runs on average: the sizes are those of runs, and gangs come alone.
            var count = size > 8 ? 1 : _random.Pick((1, 60), (5, 25), (20, 12), (100, 3));
            if (size > 8 || _random.Next(MeanSweep) == 0)
            {
                Fill(into, owner, AskFor(size), Math.Min(count, runs - into.Count));
            }
        }
    }

    private void Fill(List<TraceRun> into, int owner, Ask ask, int count)
    {
        var median = _random.LogNormal(MedianOf(ask.Size), sigma: 2.35);
        for (var i = 0; i < count; i++)
        {
            var length = (int)Math.Clamp(_random.LogNormal(median, sigma: 0.5), 10, 14 * Day);
            var (limit, cut) = LimitOf(length);
            into.Add(new TraceRun(0, owner, ask, 0, limit, cut));
        }
    }

    private static int MedianOf(int size) =>
        size switch
        {
            <= 1 => 200,
            <= 4 => 260,
            _ => 300,
        };

    // An upper bound only: any part of it is used, but some run into it.
    private (int Limit, int Length) LimitOf(int length)
    {
        var kind = _random.Next(10);
        if (kind < 2)
        {
            return (0, length);
        }
        var asked = kind == 2 ? length : length / (0.05 + (0.95 * _random.NextDouble()));
        var limit = Array.Find(Limits, each => each >= asked);
        limit = limit == 0 ? Limits[^1] : limit;
        return (limit, kind == 2 ? limit : Math.Min(length, limit));
    }

    private int NextSize() =>
        _random.Pick(
            (0, 10_000),
            (1, 62_000),
            (2, 14_000),
            (4, 12_000),
            (8, 8_000),
            (16, 2_000),
            (32, 500),
            (64, 150),
            (128, 50),
            (256, 20),
            (512, 10)
        );

    private Ask AskFor(int size)
    {
        if (size == 1 && _random.Next(10) == 0)
        {
            return AskOf(1, "a100-mig-1g.10gb", 0, isFast: false);
        }
        var isFast = size > 8 && _random.Next(3) == 0;
        var type = size == 0 || isFast || _random.Next(3) > 0 ? null : NextType(size);
        var cpus = _random.Pick((0, 50), (4, 20), (8, 15), (12, 10), (16, 5)) * Math.Clamp(size, 1, 8);
        // No gang takes more than a quarter of the nodes that it could have.
        var ask = AskOf(size, type, Math.Min(cpus, size <= 2 ? 32 : 88), isFast);
        while (ask.Nodes > 1 && ask.Nodes > NodesFor(ask) / 4)
        {
            size /= 2;
            ask = AskOf(size, type, Math.Min(cpus, 88), isFast);
        }
        return ask;
    }

    private string NextType(int size) => _random.Pick(size <= 2 ? _machines.SmallTypes : _machines.LargeTypes);

    private Ask AskOf(int size, string? type, double cpus, bool isFast)
    {
        if (!_asks.TryGetValue((size, type, cpus, isFast), out var ask))
        {
            var needs = new RunNeeds
            {
                Gpus = Math.Min(8, size),
                GpuType = type,
                Cpus = cpus,
                MemoryBytes = (long)cpus * 4_000_000_000,
                Requires = isFast ? new Dictionary<string, string> { ["network"] = Machines.FastNetwork } : null,
            };
            _asks[(size, type, cpus, isFast)] = ask = new Ask(needs, Math.Max(1, size / 8));
        }
        return ask;
    }

    private int NodesFor(Ask ask) =>
        _machines
            .Kinds.Where(kind => NodeMatch.Could(new NodeProvides(kind.Kind.Gpus, kind.Kind.Facts), ask.Needs))
            .Sum(kind => _nodes.Count(node => node == kind.Kind));

    // Three times as many at the day's height as in the night.
    private long Arrival(double until)
    {
        while (true)
        {
            var at = 1 + (_random.NextDouble() * until);
            if (_random.NextDouble() < (2 - Math.Cos(2 * Math.PI * at / Day)) / 3)
            {
                return (long)at;
            }
        }
    }
}
