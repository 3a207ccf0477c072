using System.Globalization;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools.Matching;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Benchmarks.Scheduling;

/// <summary>
/// The code that the service decides by. Nodes ask when they have room, as agents do. What it promises to runs with a reservation is
/// written down and looked at when they begin.
/// </summary>
internal sealed class TrainyardPolicy : IPolicy
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PoolScheduler _scheduler;
    private readonly Trace _trace;
    private readonly string[] _owners;
    private readonly RunId[] _ids;
    private readonly Dictionary<RunId, TraceRun> _runs = [];
    private readonly Dictionary<RunId, DateTimeOffset> _promised = [];
    private readonly Resources[] _free;
    private readonly List<int> _asking = [];
    private bool _arrived;

    public TrainyardPolicy(Trace trace)
    {
        _trace = trace;
        _scheduler = new PoolScheduler(
            new SchedulingOptions { SeenLately = TimeSpan.FromDays(10_000), Overhead = TimeSpan.Zero }
        );
        _owners = [.. Enumerable.Range(0, trace.Owners).Select(i => $"owner-{i}")];
        _ids = new RunId[trace.Runs.Count];
        _free = [.. trace.Nodes.Select(node => new Resources(node.Slots, node.Facts.Cpus, node.Facts.MemoryBytes, 0))];
        for (var i = 0; i < trace.Nodes.Count; i++)
        {
            _scheduler.See(
                new NodeSighting
                {
                    Name = Names.Of(i),
                    Provides = new NodeProvides(trace.Nodes[i].Gpus, trace.Nodes[i].Facts),
                    Capacity = _free[i],
                    SeenAt = Epoch,
                }
            );
            _asking.Add(i);
        }
    }

    public int Waiting => _scheduler.WaitingCount;

    /// <summary>The processor time of each question and each end of a run, in microseconds.</summary>
    public List<float> Micros { get; } = [];

    /// <summary>How many runs were promised a start, and how many began after it.</summary>
    public (int Promised, int Late) Promises { get; private set; }

    public void Add(TraceRun run, long now)
    {
        var id = RunId.FromSeed(BitConverter.GetBytes(run.Index));
        _ids[run.Index] = id;
        _runs[id] = run;
        _arrived = true;
        _scheduler.Enqueue(
            new QueuedRun
            {
                RunId = id,
                Owner = _owners[run.Owner],
                Age = run.Index,
                QueuedAt = At(now),
                Needs = run.Ask.Needs,
                Nodes = run.Ask.Nodes,
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
            _free[node] += Demand(run, node);
            _asking.Add(node);
        }
    }

    // A node that was given one asks again, as long as it has room.
    public IReadOnlyList<(TraceRun Run, IReadOnlyList<int> Nodes)> Decide(long now)
    {
        var started = new List<(TraceRun, IReadOnlyList<int>)>();
        if (_arrived)
        {
            _arrived = false;
            Decide(null, now, started);
        }
        while (_asking.Count > 0)
        {
            int[] asking = [.. _asking];
            _asking.Clear();
            foreach (var node in asking)
            {
                Decide(node, now, started);
            }
        }
        WriteDownPromises();
        return started;
    }

    /// <summary>The processor time, in microseconds, of telling a waiting run when it begins.</summary>
    public float Tell(long now)
    {
        var waiting = _scheduler.Waiting(At(now), 100)[^1].RunId;
        var begun = CpuTime.Nanoseconds;
        _scheduler.Standings(At(now))(waiting);
        return (CpuTime.Nanoseconds - begun) / 1_000f;
    }

    private void Decide(int? asking, long now, List<(TraceRun, IReadOnlyList<int>)> started)
    {
        var begun = CpuTime.Nanoseconds;
        if (asking is { } node)
        {
            _scheduler.Ask(Names.Of(node), _free[node]);
        }
        var decisions = _scheduler.Decide(At(now));
        Micros.Add((CpuTime.Nanoseconds - begun) / 1_000f);
        foreach (var decision in decisions)
        {
            var run = _runs[decision.Run.RunId];
            int[] given = [.. decision.Nodes.Select(name => int.Parse(name.AsSpan(1), CultureInfo.InvariantCulture))];
            foreach (var place in given)
            {
                Take(run, place);
            }
            KeepPromise(decision.Run.RunId, At(now));
            started.Add((run, given));
        }
    }

    private void Take(TraceRun run, int node)
    {
        _free[node] -= Demand(run, node);
        if (!default(Resources).FitsIn(_free[node]))
        {
            throw new InvalidOperationException($"The node {node} is given more than it has.");
        }
        if (_free[node].Slots > 0)
        {
            _asking.Add(node);
        }
    }

    private void KeepPromise(RunId id, DateTimeOffset now)
    {
        if (_promised.Remove(id, out var promised))
        {
            Promises = (Promises.Promised + 1, Promises.Late + (now > promised ? 1 : 0));
        }
    }

    // The first promise counts, or an earlier one.
    private void WriteDownPromises()
    {
        foreach (var (run, at) in _scheduler.Promises)
        {
            if (!_promised.TryGetValue(run, out var before) || at < before)
            {
                _promised[run] = at;
            }
        }
    }

    private Resources Demand(TraceRun run, int node) =>
        new(
            _trace.Nodes[node].Gpus == 0 ? 1 : Math.Max(1, run.Ask.Needs.Gpus),
            run.Ask.Needs.Cpus,
            run.Ask.Needs.MemoryBytes,
            run.Ask.Needs.DiskBytes
        );

    private static DateTimeOffset At(long seconds) => Epoch.AddSeconds(seconds);
}

/// <summary>Names that are made once.</summary>
internal static class Names
{
    private static readonly string[] All = [.. Enumerable.Range(0, 100_000).Select(i => $"n{i}")];

    public static string Of(int node) => All[node];
}
