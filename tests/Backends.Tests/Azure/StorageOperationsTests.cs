using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using Trainyard.Backends.Azure.Dispatch;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Matching;
using Trainyard.Core.Pools.Scheduling;
using Trainyard.Tests.Shared;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.Backends.Tests.OnAzure;

/// <summary>What the queue costs in operations of the storage, as docs/scale.md states it; the same however much waits.</summary>
[Collection(AzureStorageTests.Name)]
public sealed class StorageOperationsTests(AzuriteServer server) : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private readonly Counter _counter = new();
    private TableClient _table = null!;
    private TablePool _pool = null!;
    private TableDispatchQueue _queue = null!;

    public async Task InitializeAsync()
    {
        var plain = await new TestStorage(server).TableAsync();
        var options = new TableClientOptions();
        options.AddPolicy(_counter, HttpPipelinePosition.PerCall);
        _table = new TableClient(server.ConnectionString, plain.Name, options);
        _pool = new TablePool(_table, _time, new PoolOptions());
        _queue = new TableDispatchQueue(_pool, _time, Options.Create(new PoolOptions()));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public async Task Each_step_costs_the_same_whatever_waits(int waiting)
    {
        for (var i = 0; i < waiting; i++)
        {
            await EnqueueAsync();
        }
        await _queue.LeaseAsync(Offer("first"), TimeSpan.Zero, default);
        // What is done once an hour is done with.
        await _queue.FinishAsync(RunId.New(), 1, default);

        Assert.Equal(4, await CountAsync(EnqueueAsync));
        Lease? lease = null;
        Assert.Equal(
            10,
            await CountAsync(async () => lease = await _queue.LeaseAsync(Offer("a"), TimeSpan.Zero, default))
        );
        var key = new LeaseKey(lease!.RunId, lease.Attempt, lease.Token);
        Assert.Equal(2, await CountAsync(() => _queue.RenewAsync(key, TimeSpan.FromMinutes(1), default)));
        Assert.Equal(1, await CountAsync(() => _queue.RenewAsync(key, extend: null, default)));
        Assert.Equal(0, await CountAsync(() => _queue.PreemptAsync(default)));
        Assert.Equal(6, await CountAsync(() => _queue.FinishAsync(lease.RunId, 1, default)));
        var loads = new TablePoolLoad(_table, _pool, _time);
        await loads.ReadAsync("default", default);
        Assert.Equal(1, await CountAsync(async () => await loads.ReadAsync("default", default)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    public async Task Leasing_a_run_to_several_nodes_costs_two_more_for_each(int nodes)
    {
        var offers = Enumerable.Range(0, nodes).Select(i => Offer($"node-{i}")).ToList();
        foreach (var offer in offers)
        {
            await _queue.LeaseAsync(offer, TimeSpan.Zero, default);
        }
        var entry = Entry() with { Nodes = nodes };
        await _queue.EnqueueAsync(entry, default);
        var queued = (await _pool.Attempts.FindAsync(entry.RunId, default))!.ToQueued(_time.GetUtcNow());
        var decision = new PlacementDecision(queued, [.. offers.Select(offer => offer.Node)]);
        var leases = Leases(_pool);
        IReadOnlyList<Lease>? given = null;

        var count = await CountAsync(async () => given = await leases.GiveAsync(decision, offers, () => true, default));

        Assert.Equal(nodes, given?.Count);
        Assert.Equal(3 + (2 * nodes), count);
    }

    [Fact]
    public async Task A_node_that_waits_for_half_a_minute_costs_a_look_at_the_start_and_a_sign_of_life_each_ten_seconds()
    {
        await _queue.LeaseAsync(Offer("a"), TimeSpan.Zero, default);
        var leases = Leases(_pool);

        Assert.Equal(2, await CountAsync(() => LookAsync(leases)));
        // The log, for all nodes of the instance together, and after ten seconds the node's row.
        foreach (var expected in new[] { 1, 1, 1, 1, 2, 1, 1, 1, 1, 2 })
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            Assert.Equal(expected, await CountAsync(() => LookAsync(leases)));
        }
        var another = Leases(_pool);
        Assert.Equal(2, await CountAsync(() => LookAsync(another)));
        Assert.Equal(0, await CountAsync(() => LookAsync(another)));
    }

    [Fact]
    public async Task While_a_run_on_several_nodes_waits_each_instance_tells_and_reads_once_in_two_seconds_whatever_waits()
    {
        var looks = new List<TableLeases>();
        for (var i = 0; i < 20; i++)
        {
            await _queue.LeaseAsync(Offer($"node-{i}"), TimeSpan.Zero, default);
            looks.Add(Leases(_pool));
        }
        async Task LookAsync()
        {
            for (var i = 0; i < looks.Count; i++)
            {
                await looks[i].OpenAsync(Offer($"node-{i}"), () => true, default);
            }
        }
        await LookAsync();
        await _queue.EnqueueAsync(Entry() with { Nodes = 50 }, default);

        // The log, what waits at others, what waits here each five seconds; each ten seconds the nodes' rows.
        foreach (var expected in new[] { 3, 2, 2, 3, 2 + looks.Count, 2, 3, 2, 2 })
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            Assert.Equal(expected, await CountAsync(LookAsync));
        }
    }

    [Fact]
    public async Task A_node_gets_what_another_instance_leased_it_for_six_operations()
    {
        using var there = new TablePool(_table, _time, new PoolOptions());
        var look = Leases(there);
        await look.OpenAsync(Offer("b"), () => true, default);
        await _queue.LeaseAsync(Offer("a"), TimeSpan.Zero, default);
        var entry = Entry() with { Nodes = 2 };
        await _queue.EnqueueAsync(entry, default);
        var queued = (await _pool.Attempts.FindAsync(entry.RunId, default))!.ToQueued(_time.GetUtcNow());
        await Leases(_pool)
            .GiveAsync(new PlacementDecision(queued, ["a", "b"]), [Offer("a"), Offer("b")], () => true, default);
        _time.Advance(TimeSpan.FromSeconds(2));
        NodeOpening? opening = null;

        // One more is the log, for all nodes of the instance.
        Assert.Equal(
            1 + 6,
            await CountAsync(async () => opening = await look.OpenAsync(Offer("b"), () => true, default))
        );
        Assert.Equal((entry.RunId, 2), (opening?.Again?.RunId, opening?.Again?.Learner));
    }

    [Theory]
    [InlineData(true, 3)]
    [InlineData(false, 1)]
    public async Task A_saved_checkpoint_costs_a_change_only_of_a_run_that_may_have_to_give_way(bool may, int expected)
    {
        var entry = Entry() with { IsPreemptible = may };
        await _queue.EnqueueAsync(entry, default);
        await _queue.LeaseAsync(Offer("a"), TimeSpan.Zero, default);

        Assert.Equal(expected, await CountAsync(() => _queue.SavedAsync(entry.RunId, 1, default)));
    }

    private TableLeases Leases(TablePool pool) =>
        new(pool, new LeaseClock(_time, TimeSpan.FromMinutes(1)), TimeSpan.FromMinutes(1), _time);

    private Task LookAsync(TableLeases leases) => leases.OpenAsync(Offer("a"), () => true, default);

    private async Task<int> CountAsync(Func<Task> step)
    {
        var before = _counter.Count;
        await step();
        return _counter.Count - before;
    }

    private Task EnqueueAsync() => _queue.EnqueueAsync(Entry(), default);

    private static DispatchEntry Entry() =>
        new()
        {
            RunId = RunId.New(),
            Attempt = 1,
            Owner = Owner.Parse("jean"),
            Pool = "default",
            Needs = new RunNeeds { Gpus = 1 },
        };

    private static NodeOffer Offer(string node) =>
        new()
        {
            Node = node,
            Pool = "default",
            Gpus = 1,
            Slots = 1,
            FreeSlots = 1,
        };

    private sealed class Counter : HttpPipelineSynchronousPolicy
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public override void OnSendingRequest(HttpMessage message) => Interlocked.Increment(ref _count);
    }
}
