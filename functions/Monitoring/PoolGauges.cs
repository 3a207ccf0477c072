using Prometheus;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;

namespace Trainyard.Functions.Monitoring;

/// <summary>Gauges of the pools' queues and nodes and of the runs under way, updated at each scrape.</summary>
public sealed class PoolGauges(
    IPoolLoad loads,
    INodeRegistry registry,
    IRunStore runs,
    PoolOptions pool,
    TimeProvider time
)
{
    // Agents name their pools themselves, so their number has no other bound.
    private const int MostPools = 100;

    // A bound for runs under way, which the pool limits anyway. Waiting runs are counted in the queue, without a bound.
    private const int MostRunsRead = 5_000;

    private static readonly RunPhase[] UnderWay = [RunPhase.Downloading, RunPhase.Processing, RunPhase.Storing];
    private static readonly NodeState[] AllStates = Enum.GetValues<NodeState>();

    private Gauge _waiting = null!;
    private Gauge _waitingGpus = null!;
    private Gauge _oldestWait = null!;
    private Gauge _nodes = null!;
    private Gauge _slots = null!;
    private Gauge _freeSlots = null!;
    private Gauge _leasedSlots = null!;
    private Gauge _silence = null!;
    private Gauge _failures = null!;
    private Gauge _running = null!;
    private Gauge _oldest = null!;

    internal void AddTo(CollectorRegistry collectors)
    {
        var metrics = Metrics.WithCustomRegistry(collectors);
        _waiting = metrics.CreateGauge(
            "trainyard_queue_runs",
            "Runs that wait for a node, by what they wait for.",
            "pool",
            "reason"
        );
        _waitingGpus = metrics.CreateGauge("trainyard_queue_gpus", "GPUs that all waiting runs need together.", "pool");
        _oldestWait = metrics.CreateGauge(
            "trainyard_queue_head_age_seconds",
            "Since when the run at the head of the queue is queued; 0 when nobody waits.",
            "pool"
        );
        _nodes = metrics.CreateGauge("trainyard_nodes", "Nodes of the pool.", "pool", "state");
        _slots = NodeGauge("slots", "Slots of a node.");
        _freeSlots = NodeGauge("free_slots", "Slots of a node that can take a run.");
        _leasedSlots = NodeGauge("leased_slots", "Slots of a node that runs hold.");
        _silence = NodeGauge("silence_seconds", "Since when a node was not heard of.");
        _failures = NodeGauge("failures", "Runs that a node failed by itself, in a row.");
        _running = metrics.CreateGauge("trainyard_runs", "Runs under way.", "phase");
        _oldest = metrics.CreateGauge(
            "trainyard_run_oldest_seconds",
            "How long the oldest of them is in its phase.",
            "phase"
        );
        collectors.AddBeforeCollectCallback(UpdateAsync);

        Gauge NodeGauge(string name, string help) =>
            metrics.CreateGauge($"trainyard_node_{name}", help, "pool", "node");
    }

    private async Task UpdateAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var pools = new List<(string Name, PoolLoad Load)>();
        foreach (var name in await PoolsAsync(cancellationToken))
        {
            pools.Add((name, await loads.ReadAsync(name, cancellationToken)));
        }
        Forget(_waiting, _waitingGpus, _oldestWait, _nodes, _slots, _freeSlots, _leasedSlots, _silence, _failures);
        foreach (var (name, load) in pools)
        {
            await UpdateQueueAsync(name, load, now, cancellationToken);
            UpdateNodes(name, load, now);
        }
        await UpdateRunsAsync(now, cancellationToken);
    }

    // Those that the operator lists, and those that nodes are in.
    private async Task<IReadOnlyList<string>> PoolsAsync(CancellationToken cancellationToken)
    {
        var nodes = await registry.ListAsync(cancellationToken);
        return
        [
            .. pool
                .AllNames.Concat(nodes.Select(node => node.Pool).Where(name => name.Length > 0).Order())
                .Distinct()
                .Take(MostPools),
        ];
    }

    private async Task UpdateQueueAsync(
        string name,
        PoolLoad load,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var positions = new QueuePositions(load, now - LeaseRules.SeenLately(pool.LeaseDuration));
        var reasons = load.Waiting.GroupBy(run => QueueReasons.Of(positions.Find(run.RunId))?.Code ?? "unknown");
        foreach (var reason in reasons)
        {
            _waiting.WithLabels(name, reason.Key).Set(reason.Count());
        }
        _waitingGpus.WithLabels(name).Set(load.Waiting.Sum(run => run.Needs.Gpus));
        var head = load.Waiting is [var first, ..] ? (await runs.GetAsync(first.RunId, cancellationToken))?.Run : null;
        _oldestWait.WithLabels(name).Set(head is null ? 0 : (now - head.History[^1].At).TotalSeconds);
    }

    private void UpdateNodes(string name, PoolLoad load, DateTimeOffset now)
    {
        foreach (var state in AllStates)
        {
            _nodes
                .WithLabels(name, NodeStates.NameOf(state))
                .Set(load.Nodes.Count(node => NodeStates.Of(node, pool.LeaseDuration, now) == state));
        }
        // Retired nodes are not reported.
        foreach (var node in load.Nodes.Where(node => !node.IsRetired))
        {
            _slots.WithLabels(name, node.Name).Set(node.Slots);
            _freeSlots.WithLabels(name, node.Name).Set(node.FreeSlots);
            _leasedSlots.WithLabels(name, node.Name).Set(node.LeasedSlots);
            _silence.WithLabels(name, node.Name).Set(Math.Max(0, (now - node.SeenAt).TotalSeconds));
            _failures.WithLabels(name, node.Name).Set(node.Standing.Failures);
        }
    }

    private async Task UpdateRunsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var phase in UnderWay)
        {
            var (count, oldest) = await CountAsync(phase, now, cancellationToken);
            _running.WithLabels(phase.ToWire()).Set(count);
            _oldest.WithLabels(phase.ToWire()).Set(oldest.TotalSeconds);
        }
    }

    private async Task<(int Count, TimeSpan Oldest)> CountAsync(
        RunPhase phase,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var (count, oldest, continuation) = (0, TimeSpan.Zero, (string?)null);
        do
        {
            var query = new RunQuery
            {
                Phases = [phase],
                PageSize = 1_000,
                Continuation = continuation,
            };
            var page = await runs.QueryAsync(query, cancellationToken);
            foreach (var run in page.Runs.Where(run => !run.IsArray))
            {
                count++;
                var age = now - run.History[^1].At;
                oldest = age > oldest ? age : oldest;
            }
            continuation = page.Continuation;
        } while (continuation is not null && count < MostRunsRead);
        return (count, oldest);
    }

    // Removes old label values, so that something that is gone does not keep its last value.
    private static void Forget(params ReadOnlySpan<Gauge> gauges)
    {
        foreach (var gauge in gauges)
        {
            foreach (var labels in gauge.GetAllLabelValues())
            {
                gauge.RemoveLabelled(labels);
            }
        }
    }
}
