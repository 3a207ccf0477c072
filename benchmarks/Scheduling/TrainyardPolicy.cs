using System.Globalization;
using System.Runtime.CompilerServices;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools.Matching;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Benchmarks.Scheduling;

/// <summary>The code that the service decides by. Nodes ask when they have room, as agents do.</summary>
internal sealed class TrainyardPolicy : IPolicy
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PoolScheduler _scheduler;
    private readonly Trace _trace;
    private readonly RunId[] _ids;
    private readonly Dictionary<RunId, TraceRun> _runs = [];
    private readonly Resources[] _free;
    private readonly List<int> _asking = [];

    public TrainyardPolicy(Trace trace)
    {
        _trace = trace;
        _scheduler = new PoolScheduler(
            new SchedulingOptions { SeenLately = TimeSpan.FromDays(10_000), Overhead = TimeSpan.Zero }
        );
        _ids = new RunId[trace.Runs.Count];
        _free = [.. trace.Nodes.Select(Capacity)];
        for (var i = 0; i < trace.Nodes.Count; i++)
        {
            _scheduler.See(
                new NodeSighting
                {
                    Name = NameOf(i),
                    Provides = new NodeProvides(trace.Nodes[i].Gpus, trace.Nodes[i].Facts),
                    Capacity = _free[i],
                    SeenAt = Start,
                }
            );
            _asking.Add(i);
        }
    }

    public int Waiting => _scheduler.WaitingCount;

    /// <summary>The processor time of each question and each end of a run, in microseconds.</summary>
    public List<float> Micros { get; } = [];

    public void Add(TraceRun run, long now)
    {
        var id = RunId.FromSeed(BitConverter.GetBytes(run.Index));
        _ids[run.Index] = id;
        _runs[id] = run;
        _scheduler.Enqueue(
            new QueuedRun
            {
                RunId = id,
                Owner = Owners.Of(run.Owner),
                Age = run.Index,
                QueuedAt = At(now),
                Needs = run.Needs,
                Nodes = run.Nodes,
                MaxDuration = run.Limit > 0 ? TimeSpan.FromSeconds(run.Limit) : null,
            },
            At(now)
        );
    }

    public void End(TraceRun run, IReadOnlyList<int> nodes, long now)
    {
        var begun = CpuTime.Nanoseconds;
        _scheduler.Forget(_ids[run.Index], At(now));
        Micros.Add((CpuTime.Nanoseconds - begun) / 1_000f);
        foreach (var node in nodes)
        {
            _free[node] += Demand(run);
            _asking.Add(node);
        }
    }

    // A node that was given one asks again, as long as it has room.
    public IReadOnlyList<(TraceRun Run, IReadOnlyList<int> Nodes)> Decide(long now)
    {
        var started = new List<(TraceRun, IReadOnlyList<int>)>();
        while (_asking.Count > 0)
        {
            var again = new List<int>();
            foreach (var node in _asking)
            {
                var begun = CpuTime.Nanoseconds;
                _scheduler.Ask(NameOf(node), _free[node]);
                var decisions = _scheduler.Decide(At(now));
                Micros.Add((CpuTime.Nanoseconds - begun) / 1_000f);
                foreach (var decision in decisions)
                {
                    var run = _runs[decision.Run.RunId];
                    int[] given =
                    [
                        .. decision.Nodes.Select(name => int.Parse(name.AsSpan(1), CultureInfo.InvariantCulture)),
                    ];
                    foreach (var place in given)
                    {
                        _free[place] -= Demand(run);
                    }
                    started.Add((run, given));
                    again.AddRange(given);
                }
            }
            _asking.Clear();
            _asking.AddRange(again.Where(node => _free[node].Slots > 0));
        }
        return started;
    }

    private static Resources Demand(TraceRun run) => new(run.Slots, 0, 0);

    private static Resources Capacity(NodeKind kind) => new(kind.Gpus, kind.Facts.Cpus, kind.Facts.MemoryBytes);

    private static DateTimeOffset At(long seconds) => Start.AddSeconds(seconds);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static string NameOf(int node) => Names.Of(node);
}

/// <summary>Names that are made once.</summary>
internal static class Names
{
    private static readonly string[] All = [.. Enumerable.Range(0, 100_000).Select(i => $"n{i}")];

    public static string Of(int node) => All[node];
}

/// <summary>Names of owners, made once.</summary>
internal static class Owners
{
    private static readonly string[] All = [.. Enumerable.Range(0, 10_000).Select(i => $"owner-{i}")];

    public static string Of(int owner) => All[owner];
}
