using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools.Matching;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Core.Tests.Pools.Scheduling;

/// <summary>
/// A pool whose nodes ask whenever they got a run or lost one and have room, whose runs end when they are told to, and that checks with what the nodes
/// themselves know that nothing is ever given twice.
/// </summary>
internal sealed partial class VirtualPool(SchedulingOptions options)
{
    private readonly Dictionary<string, (NodeProvides Provides, Resources Capacity, Resources Free)> _nodes = [];
    private readonly Dictionary<RunId, DateTimeOffset> _promised = [];
    private readonly Dictionary<RunId, TimeSpan> _lengths = [];
    private readonly HashSet<string> _changed = [];
    private long _age;

    public static SchedulingOptions Options { get; } =
        new() { Overhead = TimeSpan.Zero, SeenLately = TimeSpan.FromDays(1000) };

    public PoolScheduler Scheduler { get; } = new(options);

    public DateTimeOffset Now { get; private set; } = new(2026, 11, 27, 20, 0, 0, TimeSpan.Zero);

    /// <summary>What was started, in that order.</summary>
    public List<PlacementDecision> Started { get; } = [];

    /// <summary>When each of <see cref="Started"/> began.</summary>
    public List<DateTimeOffset> StartedAt { get; } = [];

    public List<(PlacementDecision Decision, DateTimeOffset EndsAt)> Running { get; } = [];

    public void AddNode(string name, int gpus, double cpus = 64, string model = "Tesla V100-SXM2-16GB", long disk = 100)
    {
        var facts = new NodeCapabilities
        {
            Cpus = cpus,
            MemoryBytes = 1L << 40,
            DiskBytes = disk,
            Gpus = gpus > 0 ? [new GpuFacts(model, gpus)] : [],
            Pythons = [],
        };
        var capacity = new Resources(gpus > 0 ? gpus : 4, cpus, 1L << 40, disk);
        _nodes[name] = (new NodeProvides(gpus, facts), capacity, capacity);
        _changed.Add(name);
        See(name);
    }

    /// <summary>What was promised there can be kept no more.</summary>
    public void RemoveNode(string name)
    {
        Scheduler.Leave(name);
        _promised.Clear();
    }

    public RunId Enqueue(
        string owner,
        int gpus = 1,
        int? minutes = 60,
        int priority = 0,
        int nodes = 1,
        string? type = null,
        double cpus = 0,
        int? likely = null,
        bool preemptible = false,
        int preemptions = 0,
        TimeSpan? lasts = null,
        long disk = 0
    )
    {
        var run = new QueuedRun
        {
            RunId = RunId.New(),
            Owner = owner,
            Age = ++_age,
            QueuedAt = Now,
            Priority = priority,
            Needs = new RunNeeds
            {
                Gpus = gpus,
                GpuType = type,
                Cpus = cpus,
                DiskBytes = disk,
            },
            MaxDuration = minutes is { } most ? TimeSpan.FromMinutes(most) : null,
            Expected = likely is { } time ? TimeSpan.FromMinutes(time) : null,
            Nodes = nodes,
            IsPreemptible = preemptible,
            Preemptions = preemptions,
        };
        if (lasts is { } length)
        {
            _lengths[run.RunId] = length;
        }
        Scheduler.Enqueue(run, Now);
        return run.RunId;
    }

    public void Cancel(RunId id) => Scheduler.Forget(id, Now);

    /// <summary>Every node with room asks, until none is given anything.</summary>
    public IReadOnlyList<PlacementDecision> Settle()
    {
        var all = new List<PlacementDecision>();
        while (true)
        {
            foreach (var (name, node) in _nodes.Where(node => _changed.Contains(node.Key)))
            {
                Scheduler.Ask(name, node.Free);
            }
            _changed.Clear();
            var decisions = Scheduler.Decide(Now);
            KeepPromises();
            if (decisions.Count == 0)
            {
                if (Preempts && PreemptAndLeave())
                {
                    continue;
                }
                KeepPromises();
                return all;
            }
            foreach (var decision in decisions)
            {
                Start(decision);
            }
            CheckKept();
            all.AddRange(decisions);
        }
    }

    /// <summary>Time passes; what has had its time ends, in the order of its end, and others follow.</summary>
    public void Pass(TimeSpan time)
    {
        var until = Now + time;
        while (Running.Count > 0 && Running.Min(run => run.EndsAt) is var next && next <= until)
        {
            Now = next;
            End(Running.FindIndex(run => run.EndsAt == next));
            Settle();
        }
        Now = until;
    }

    /// <summary>One ends now, before its time.</summary>
    public void End(int index)
    {
        var (decision, _) = Running[index];
        Running.RemoveAt(index);
        Scheduler.Forget(decision.Run.RunId, Now);
        foreach (var node in decision.Nodes)
        {
            var there = _nodes[node];
            _nodes[node] = there with { Free = there.Free + Demand(there.Provides, decision) };
            _changed.Add(node);
        }
    }

    private static Resources Demand(NodeProvides node, PlacementDecision decision) =>
        new(
            node.Gpus == 0 ? 1 : Math.Max(1, decision.Run.Needs.Gpus),
            decision.Run.Needs.Cpus,
            0,
            decision.Run.Needs.DiskBytes
        );

    private void See(string name) =>
        Scheduler.See(
            new NodeSighting
            {
                Name = name,
                Provides = _nodes[name].Provides,
                Capacity = _nodes[name].Capacity,
                SeenAt = Now,
            }
        );

    private void Start(PlacementDecision decision)
    {
        Assert.Equal(decision.Run.Nodes, decision.Nodes.Distinct().Count());
        foreach (var node in decision.Nodes)
        {
            var there = _nodes[node];
            Assert.True(NodeMatch.Could(there.Provides, decision.Run.Needs));
            var left = there.Free - Demand(there.Provides, decision);
            Assert.True(left is { Slots: >= 0, Cpus: > -0.001, DiskBytes: >= 0 }, $"{node} is given more than it has");
            _nodes[node] = there with { Free = left };
            _changed.Add(node);
        }
        if (_promised.Remove(decision.Run.RunId, out var promised))
        {
            Assert.True(Now <= promised, $"{decision.Run.RunId} begins at {Now} and was promised {promised}");
        }
        Started.Add(decision);
        StartedAt.Add(Now);
        var length = _lengths.GetValueOrDefault(decision.Run.RunId, decision.Run.MaxDuration ?? TimeSpan.FromDays(2));
        Running.Add((decision, Now + length));
    }

    private void KeepPromises()
    {
        GiveUpPromises();
        foreach (var (run, at) in Scheduler.Promises)
        {
            Assert.True(at >= Now, $"what was promised to {run} is over");
            if (!_promised.TryGetValue(run, out var before) || at < before)
            {
                _promised[run] = at;
            }
        }
    }
}
