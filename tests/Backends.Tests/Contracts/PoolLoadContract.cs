using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Matching;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Tests.Contracts;

/// <summary>What everything does that tells of a dispatch queue. Leases last a minute in these tests.</summary>
public abstract partial class PoolLoadContract : IAsyncLifetime
{
    private static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(60);

    protected abstract IDispatchQueue Queue { get; }

    protected abstract IPoolLoad Loads { get; }

    protected abstract ManualTime Time { get; }

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_pool_that_nobody_used_has_nothing()
    {
        var load = await Loads.ReadAsync("default", default);

        Assert.Empty(load.Waiting);
        Assert.Empty(load.Nodes);
        Assert.Null(load.Starting);
    }

    [Fact]
    public async Task What_was_last_said_of_starting_machines_is_kept_for_the_pool_it_was_said_of()
    {
        var last = new StartingMachines(2, Time.GetUtcNow());
        await Loads.AnnounceAsync("default", new StartingMachines(1, Time.GetUtcNow().AddMinutes(-1)), default);
        await Loads.AnnounceAsync("default", last, default);

        Assert.Equal(last, (await Loads.ReadAsync("default", default)).Starting);
        Assert.Null((await Loads.ReadAsync("other", default)).Starting);
    }

    [Fact]
    public async Task What_waits_is_told_in_the_order_of_the_queue_without_what_is_leased_or_of_another_pool()
    {
        await EnqueueAsync(gpus: 1);
        Assert.NotNull(await LeaseAsync(Offer("a")));
        var second = new WaitingRun(await EnqueueAsync(gpus: 2), new RunNeeds { Gpus = 2 });
        var third = new WaitingRun(await EnqueueAsync(gpus: 3), new RunNeeds { Gpus = 3 });
        var first = new WaitingRun(await EnqueueAsync(gpus: 4, priority: 1), new RunNeeds { Gpus = 4 });
        await EnqueueAsync(gpus: 5, pool: "other");

        Assert.Equal([first, second, third], (await Loads.ReadAsync("default", default)).Waiting);
    }

    [Fact]
    public async Task More_waits_than_one_answer_of_a_store_holds()
    {
        for (var i = 0; i < 1100; i++)
        {
            await EnqueueAsync();
        }

        var load = await Loads.ReadAsync("default", default);

        Assert.Equal(1100, load.Waiting.DistinctBy(run => run.RunId).Count());
    }

    [Fact]
    public async Task A_node_is_told_with_its_slots_and_what_of_them_is_leased()
    {
        await EnqueueAsync(gpus: 3);
        await LeaseAsync(Offer("a"));
        await LeaseAsync(Offer("b") with { Gpus = 0, Slots = 2, FreeSlots = 2 });
        await LeaseAsync(Offer("c") with { Pool = "other" });

        var nodes = (await Loads.ReadAsync("default", default)).Nodes.OrderBy(node => node.Name).ToList();

        Assert.Equal(["a", "b"], nodes.Select(node => node.Name));
        Assert.Equal((4, 4, 3, 1), (nodes[0].Gpus, nodes[0].Slots, nodes[0].LeasedSlots, nodes[0].FreeSlots));
        Assert.Equal((0, 2, 0, 2), (nodes[1].Gpus, nodes[1].Slots, nodes[1].LeasedSlots, nodes[1].FreeSlots));
        Assert.All(nodes, node => Assert.Equal(Time.GetUtcNow(), node.SeenAt));
    }

    [Fact]
    public async Task A_node_that_never_had_a_run_is_idle_since_it_came()
    {
        await LeaseAsync(Offer("a"));
        var came = Time.GetUtcNow();
        Time.Advance(TimeSpan.FromMinutes(5));
        await LeaseAsync(Offer("a"));

        var node = await NodeAsync();

        Assert.Equal(came, node.IdleSince);
        Assert.Equal(Time.GetUtcNow(), node.SeenAt);
    }

    [Fact]
    public async Task A_node_is_idle_since_it_last_held_a_lease()
    {
        await LeaseAsync(Offer("a"));
        Time.Advance(TimeSpan.FromMinutes(5));
        await EnqueueAsync();
        var lease = (await LeaseAsync(Offer("a")))!;
        var given = Time.GetUtcNow();

        Assert.Equal(given, (await NodeAsync()).IdleSince);
        Time.Advance(TimeSpan.FromSeconds(30));
        await Queue.RenewAsync(new LeaseKey(lease.RunId, 1, lease.Token), LeaseDuration, default);
        Assert.Equal(given + TimeSpan.FromSeconds(30), (await NodeAsync()).IdleSince);
        Time.Advance(TimeSpan.FromSeconds(30));
        await LeaseAsync(Offer("a") with { Holds = [new HeldLease(lease.RunId, 1)] });
        await Queue.FinishAsync(lease.RunId, 1, default);
        Time.Advance(TimeSpan.FromMinutes(5));
        await LeaseAsync(Offer("a"));

        var node = await NodeAsync();
        Assert.Equal(given + TimeSpan.FromSeconds(60), node.IdleSince);
        Assert.Equal(0, node.LeasedSlots);
    }

    [Fact]
    public async Task A_retired_node_is_given_no_run_while_others_are()
    {
        await LeaseAsync(Offer("a"));

        Assert.True(await Loads.RetireAsync("a", default));
        Assert.True(await Loads.RetireAsync("a", default));

        await EnqueueAsync();
        Assert.Null(await LeaseAsync(Offer("a")));
        Assert.True((await NodeAsync()).IsRetired);
        Assert.Equal(0, (await NodeAsync()).FreeSlots);
        Assert.NotNull(await LeaseAsync(Offer("b")));
    }

    [Fact]
    public async Task A_retired_node_stays_retired_whatever_it_asks_and_however_late()
    {
        await LeaseAsync(Offer("a"));
        await Loads.RetireAsync("a", default);
        await EnqueueAsync();

        await LeaseAsync(Offer("a") with { Slots = 2, FreeSlots = 2 });
        Time.Advance(TimeSpan.FromMinutes(5));

        Assert.Null(await LeaseAsync(Offer("a")));
        Assert.True((await NodeAsync()).IsRetired);
    }

    [Fact]
    public async Task A_question_that_waits_gets_no_run_once_its_node_is_retired()
    {
        var waiting = Queue.LeaseAsync(Offer("a"), TimeSpan.FromSeconds(30), default);
        await Eventually.Be("the node is seen", async () => await Loads.RetireAsync("a", default), Patience);
        await EnqueueAsync();

        while (!waiting.IsCompleted)
        {
            Time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        Assert.Null(await waiting);
    }

    [Fact]
    public async Task A_node_that_holds_a_lease_is_not_retired()
    {
        await EnqueueAsync();
        var lease = (await LeaseAsync(Offer("a")))!;
        await EnqueueAsync();

        Assert.False(await Loads.RetireAsync("a", default));

        Assert.False((await NodeAsync()).IsRetired);
        Assert.NotNull(await LeaseAsync(Offer("a") with { Holds = [new HeldLease(lease.RunId, 1)] }));
    }

    [Fact]
    public async Task A_node_whose_lease_is_over_can_be_retired()
    {
        await EnqueueAsync();
        var lease = (await LeaseAsync(Offer("a")))!;
        await Queue.FinishAsync(lease.RunId, 1, default);

        Assert.True(await Loads.RetireAsync("a", default));
    }

    [Fact]
    public async Task A_node_whose_lease_ran_out_can_be_retired_when_it_was_taken_as_lost()
    {
        await EnqueueAsync();
        await LeaseAsync(Offer("a"));
        for (var passed = TimeSpan.Zero; passed < LeaseDuration; passed += TimeSpan.FromSeconds(5))
        {
            await Queue.TakeExpiredAsync(default);
            Time.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.False(await Loads.RetireAsync("a", default));
        await Queue.TakeExpiredAsync(default);
        Assert.True(await Loads.RetireAsync("a", default));
    }

    [Fact]
    public async Task A_node_that_never_asked_for_work_cannot_be_retired() =>
        Assert.False(await Loads.RetireAsync("a", default));

    [Fact]
    public async Task Of_a_lease_and_a_retirement_at_the_same_time_only_one_succeeds()
    {
        for (var i = 0; i < 20; i++)
        {
            var node = $"node-{i}";
            await LeaseAsync(Offer(node));
            var id = await EnqueueAsync();

            var lease = Task.Run(() => LeaseAsync(Offer(node)));
            var retired = Task.Run(() => Loads.RetireAsync(node, default));

            Assert.NotEqual(await retired, await lease is not null);
            await Queue.FinishAsync(id, 1, default);
        }
    }

    protected static TimeSpan Patience => TimeSpan.FromSeconds(20);

    protected static NodeOffer Offer(string node) =>
        new()
        {
            Node = node,
            Pool = "default",
            Gpus = 4,
            Slots = 4,
            FreeSlots = 4,
        };

    protected Task<Lease?> LeaseAsync(NodeOffer offer) => Queue.LeaseAsync(offer, TimeSpan.Zero, default);

    protected static DispatchEntry Entry(int gpus = 0, int priority = 0, string pool = "default") =>
        new()
        {
            RunId = RunId.New(),
            Attempt = 1,
            Owner = Owner.Parse("jean"),
            Pool = pool,
            Needs = new RunNeeds { Gpus = gpus },
            Priority = priority,
        };

    protected async Task<RunId> EnqueueAsync(int gpus = 0, int priority = 0, string pool = "default")
    {
        var entry = Entry(gpus, priority, pool);
        await Queue.EnqueueAsync(entry, default);
        return entry.RunId;
    }

    protected async Task<PoolNode> NodeAsync(string name = "a") =>
        (await Loads.ReadAsync("default", default)).Nodes.Single(node => node.Name == name);
}
