using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Tests.Contracts;

/// <summary>What every dispatch queue does. Leases last a minute in these tests.</summary>
public abstract class DispatchQueueContract : IAsyncLifetime
{
    protected static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(60);

    protected abstract IDispatchQueue Queue { get; }

    protected abstract ManualTime Time { get; }

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_queued_run_is_leased_once()
    {
        var id = await EnqueueAsync(gpus: 1);

        var lease = await LeaseAsync(Gpu("a", 2));

        Assert.Equal(id, lease!.RunId);
        Assert.Equal(1, lease.Attempt);
        Assert.Equal(1, lease.Slots);
        Assert.Equal(Time.GetUtcNow() + LeaseDuration, lease.ExpiresAt);
        Assert.Null(await LeaseAsync(Gpu("b", 2)));
    }

    [Fact]
    public async Task An_empty_queue_gives_nothing() => Assert.Null(await LeaseAsync(Gpu("a", 4)));

    [Fact]
    public async Task The_older_run_goes_first_and_the_more_urgent_before_it()
    {
        var old = await EnqueueAsync();
        var young = await EnqueueAsync();
        var urgent = await EnqueueAsync(priority: 1);
        var lazy = await EnqueueAsync(priority: -1);

        foreach (var expected in new[] { urgent, old, young, lazy })
            Assert.Equal(expected, (await LeaseAsync(Cpu(expected.ToString())))!.RunId);
    }

    [Fact]
    public async Task The_head_is_not_overtaken_by_a_run_that_needs_less()
    {
        var large = await EnqueueAsync(gpus: 4);
        await EnqueueAsync(gpus: 1);

        Assert.Null(await LeaseAsync(Gpu("a", 4, free: 2)));
        Assert.Equal(large, (await LeaseAsync(Gpu("a", 4)))!.RunId);
    }

    [Fact]
    public async Task A_run_larger_than_the_node_is_left_for_a_larger_one()
    {
        var large = await EnqueueAsync(gpus: 8);
        var small = await EnqueueAsync(gpus: 1);

        Assert.Equal(small, (await LeaseAsync(Gpu("small", 4)))!.RunId);
        Assert.Equal(large, (await LeaseAsync(Gpu("large", 8)))!.RunId);
    }

    [Fact]
    public async Task A_cpu_node_runs_anything_in_one_slot()
    {
        await EnqueueAsync(gpus: 8);
        await EnqueueAsync(gpus: 0);

        Assert.Equal(1, (await LeaseAsync(Cpu("a")))!.Slots);
        Assert.Equal(1, (await LeaseAsync(Cpu("b")))!.Slots);
    }

    [Fact]
    public async Task A_run_takes_a_slot_for_each_gpu_and_one_when_it_needs_none()
    {
        await EnqueueAsync(gpus: 3);
        await EnqueueAsync(gpus: 0);

        Assert.Equal(3, (await LeaseAsync(Gpu("a", 4)))!.Slots);
        Assert.Equal(1, (await LeaseAsync(Gpu("b", 4)))!.Slots);
    }

    [Fact]
    public async Task A_full_node_gets_nothing()
    {
        await EnqueueAsync(gpus: 0);

        Assert.Null(await LeaseAsync(Cpu("a", free: 0)));
    }

    [Fact]
    public async Task Pools_do_not_mix()
    {
        await EnqueueAsync();

        Assert.Null(await LeaseAsync(Cpu("a") with { Pool = "other" }));
        Assert.NotNull(await LeaseAsync(Cpu("a")));
    }

    [Fact]
    public async Task Renewing_moves_the_expiry_and_tells_of_a_cancel()
    {
        var (_, key) = await LeasedAsync();
        Time.Advance(TimeSpan.FromSeconds(30));

        var renewed = await Queue.RenewAsync(key, LeaseDuration, default);
        await Queue.CancelAsync(key.RunId, key.Attempt, default);
        var canceled = await Queue.RenewAsync(key, LeaseDuration, default);

        Assert.Equal(new LeaseStatus(Time.GetUtcNow() + LeaseDuration, false, "node"), renewed);
        Assert.True(canceled.CancelRequested);
    }

    [Fact]
    public async Task Looking_at_a_lease_does_not_renew_it()
    {
        var (lease, key) = await LeasedAsync();
        Time.Advance(TimeSpan.FromSeconds(59));

        Assert.Equal(lease.ExpiresAt, (await Queue.RenewAsync(key, null, default)).ExpiresAt);
        Time.Advance(TimeSpan.FromSeconds(2));

        await LostAsync(key);
    }

    [Fact]
    public async Task Only_the_leases_own_token_opens_it()
    {
        var (_, key) = await LeasedAsync();

        await LostAsync(key with { Token = key.Token + "x" });
        await LostAsync(key with { Token = "" });
        await LostAsync(key with { Attempt = 2 });
        await LostAsync(key with { RunId = RunId.New() });
        await Queue.RenewAsync(key, null, default);
    }

    [Fact]
    public async Task A_finished_attempt_is_over_for_good()
    {
        var (_, key) = await LeasedAsync();

        await Queue.FinishAsync(key.RunId, 1, default);
        await Queue.FinishAsync(key.RunId, 1, default);
        await Queue.EnqueueAsync(Entry(key.RunId), default);

        await LostAsync(key);
        Assert.Null(await LeaseAsync(Cpu("b")));
        Assert.Equal(CancelOutcome.NotFound, await Queue.CancelAsync(key.RunId, 1, default));
    }

    [Fact]
    public async Task A_late_enqueue_of_an_attempt_that_was_finished_unseen_does_nothing()
    {
        var id = RunId.New();

        await Queue.FinishAsync(id, 1, default);
        await Queue.EnqueueAsync(Entry(id), default);

        Assert.Null(await LeaseAsync(Cpu("a")));
    }

    [Fact]
    public async Task Enqueuing_twice_is_enqueuing_once()
    {
        var (_, key) = await LeasedAsync();

        await Queue.EnqueueAsync(Entry(key.RunId), default);

        Assert.Null(await LeaseAsync(Cpu("b")));
        await Queue.RenewAsync(key, null, default);
    }

    [Fact]
    public async Task A_later_attempt_takes_the_place_of_the_one_before_and_keeps_its_age()
    {
        var (_, key) = await LeasedAsync();
        var younger = await EnqueueAsync();

        await Queue.EnqueueAsync(Entry(key.RunId, attempt: 2), default);
        await Queue.EnqueueAsync(Entry(key.RunId, attempt: 1), default);
        await Queue.FinishAsync(key.RunId, 1, default);

        await LostAsync(key);
        var second = await LeaseAsync(Cpu("b"));
        Assert.Equal((key.RunId, 2), (second!.RunId, second.Attempt));
        Assert.Equal(younger, (await LeaseAsync(Cpu("c")))!.RunId);
    }

    [Fact]
    public async Task Canceling_a_queued_run_takes_it_out_and_may_be_repeated()
    {
        var id = await EnqueueAsync();

        Assert.Equal(CancelOutcome.Removed, await Queue.CancelAsync(id, 1, default));
        Assert.Equal(CancelOutcome.Removed, await Queue.CancelAsync(id, 1, default));
        await Queue.EnqueueAsync(Entry(id), default);

        Assert.Null(await LeaseAsync(Cpu("a")));
    }

    [Fact]
    public async Task Canceling_what_is_not_there_finds_nothing()
    {
        var id = await EnqueueAsync();

        Assert.Equal(CancelOutcome.NotFound, await Queue.CancelAsync(RunId.New(), 1, default));
        Assert.Equal(CancelOutcome.NotFound, await Queue.CancelAsync(id, 2, default));
    }

    [Fact]
    public async Task A_lease_whose_answer_was_lost_is_given_again_under_a_new_token()
    {
        var (_, lost) = await LeasedAsync();

        var again = await LeaseAsync(Cpu("node"));

        Assert.Equal(lost.RunId, again!.RunId);
        Assert.NotEqual(lost.Token, again.Token);
        await LostAsync(lost);
        await Queue.RenewAsync(KeyOf(again), null, default);
    }

    [Fact]
    public async Task A_lease_that_the_node_holds_is_left_alone()
    {
        var (_, key) = await LeasedAsync();
        var holding = Cpu("node") with { Holds = [new HeldLease(key.RunId, key.Attempt)] };

        Assert.Null(await LeaseAsync(holding));
        await Queue.RenewAsync(key, LeaseDuration, default);
        Assert.Null(await LeaseAsync(holding));
        await Queue.RenewAsync(key, null, default);
    }

    [Fact]
    public async Task A_lease_that_the_node_had_and_lost_expires_at_once()
    {
        var (_, key) = await LeasedAsync();
        await Queue.RenewAsync(key, LeaseDuration, default);

        Assert.Null(await LeaseAsync(Cpu("node")));

        await LostAsync(key);
        Assert.Equal([new LostLease(key.RunId, 1, "node")], await Queue.TakeExpiredAsync(default));
    }

    [Fact]
    public async Task An_expired_lease_is_reported_until_it_is_finished()
    {
        var (_, key) = await LeasedAsync();
        Assert.Empty(await Queue.TakeExpiredAsync(default));
        Time.Advance(LeaseDuration);
        LostLease[] expected = [new(key.RunId, 1, "node")];

        Assert.Equal(expected, await Queue.TakeExpiredAsync(default));
        Assert.Equal(expected, await Queue.TakeExpiredAsync(default));
        await LostAsync(key);
        Assert.Null(await LeaseAsync(Cpu("node")));
        await Queue.FinishAsync(key.RunId, 1, default);

        Assert.Empty(await Queue.TakeExpiredAsync(default));
    }

    [Fact]
    public async Task A_waiting_node_hears_of_a_run_at_once()
    {
        var waiting = Queue.LeaseAsync(Cpu("a"), TimeSpan.FromSeconds(30), default);
        Assert.False(waiting.IsCompleted);

        var id = await EnqueueAsync();

        Assert.Equal(id, (await waiting.WaitAsync(TimeSpan.FromSeconds(20)))!.RunId);
    }

    [Fact]
    public async Task A_waiting_node_hears_that_the_head_is_gone()
    {
        var head = await EnqueueAsync(gpus: 2);
        var next = await EnqueueAsync(gpus: 1);
        var waiting = Queue.LeaseAsync(Gpu("a", 2, free: 1), TimeSpan.FromSeconds(30), default);

        await Queue.CancelAsync(head, 1, default);

        Assert.Equal(next, (await waiting.WaitAsync(TimeSpan.FromSeconds(20)))!.RunId);
    }

    [Fact]
    public async Task Waiting_ends_with_nothing_when_the_time_is_over()
    {
        var waiting = Queue.LeaseAsync(Cpu("a"), TimeSpan.FromSeconds(30), default);

        while (!waiting.IsCompleted)
        {
            Time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        Assert.Null(await waiting);
    }

    [Fact]
    public async Task Waiting_can_be_canceled()
    {
        using var cancel = new CancellationTokenSource();
        var waiting = Queue.LeaseAsync(Cpu("a"), TimeSpan.FromSeconds(30), cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task A_poll_whose_node_asks_again_takes_no_run()
    {
        var broken = Queue.LeaseAsync(Cpu("a"), TimeSpan.FromSeconds(30), default);
        var alive = Queue.LeaseAsync(Cpu("a"), TimeSpan.FromSeconds(30), default);

        var id = await EnqueueAsync();

        Assert.Null(await broken.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(id, (await alive.WaitAsync(TimeSpan.FromSeconds(20)))!.RunId);
    }

    [Fact]
    public async Task Many_nodes_at_once_never_share_a_run()
    {
        var ids = new HashSet<RunId>();
        for (var i = 0; i < 20; i++)
            ids.Add(await EnqueueAsync());

        var leases = await Task.WhenAll(
            Enumerable.Range(0, 30).Select(i => Task.Run(() => LeaseAsync(Cpu($"node-{i}"))))
        );

        var leased = leases.OfType<Lease>().Select(lease => lease.RunId).ToList();
        Assert.Equal(20, leased.Count);
        Assert.Equal(ids, leased.ToHashSet());
    }

    [Fact]
    public async Task A_queued_run_knows_where_it_stands()
    {
        await LeaseAsync(Gpu("small", 2));
        await LeaseAsync(Gpu("large", 4, free: 3));
        await EnqueueAsync(gpus: 1);
        Assert.NotNull(await LeaseAsync(Gpu("small", 2)));
        await EnqueueAsync(gpus: 4, priority: 1);
        await EnqueueAsync(gpus: 4);
        var id = await EnqueueAsync(gpus: 3);
        await EnqueueAsync(gpus: 1);

        Assert.Equal(
            new QueuePosition
            {
                Ahead = 2,
                NeededGpus = 3,
                FreeSlots = 5,
                LargestNode = 4,
                Nodes = 2,
                CpuOnly = false,
            },
            await Queue.FindPositionAsync(id, default)
        );
    }

    [Fact]
    public async Task A_pool_of_cpu_nodes_says_so_and_silent_nodes_do_not_count()
    {
        await LeaseAsync(Cpu("a"));
        var id = await EnqueueAsync(gpus: 1);

        Assert.True((await Queue.FindPositionAsync(id, default))!.CpuOnly);
        Time.Advance(TimeSpan.FromMinutes(10));
        var later = (await Queue.FindPositionAsync(id, default))!;

        Assert.Equal((0, 0, 0, false), (later.Nodes, later.FreeSlots, later.LargestNode, later.CpuOnly));
    }

    [Fact]
    public async Task What_is_not_queued_has_no_position()
    {
        var (_, key) = await LeasedAsync();

        Assert.Null(await Queue.FindPositionAsync(key.RunId, default));
        Assert.Null(await Queue.FindPositionAsync(RunId.New(), default));
    }

    protected static NodeOffer Cpu(string node, int free = 2) =>
        new()
        {
            Node = node,
            Pool = "default",
            Gpus = 0,
            Slots = 2,
            FreeSlots = free,
        };

    protected static NodeOffer Gpu(string node, int gpus, int? free = null) =>
        new()
        {
            Node = node,
            Pool = "default",
            Gpus = gpus,
            Slots = gpus,
            FreeSlots = free ?? gpus,
        };

    protected static LeaseKey KeyOf(Lease lease) => new(lease.RunId, lease.Attempt, lease.Token);

    protected Task<Lease?> LeaseAsync(NodeOffer offer) => Queue.LeaseAsync(offer, TimeSpan.Zero, default);

    protected async Task<RunId> EnqueueAsync(int gpus = 0, int priority = 0)
    {
        var id = RunId.New();
        await Queue.EnqueueAsync(Entry(id) with { Gpus = gpus, Priority = priority }, default);
        return id;
    }

    protected async Task<(Lease, LeaseKey)> LeasedAsync()
    {
        await EnqueueAsync();
        var lease = await LeaseAsync(Cpu("node"));
        return (lease!, KeyOf(lease!));
    }

    private static DispatchEntry Entry(RunId id, int attempt = 1) =>
        new()
        {
            RunId = id,
            Attempt = attempt,
            Pool = "default",
            Gpus = 0,
        };

    private async Task LostAsync(LeaseKey key)
    {
        await Assert.ThrowsAsync<LeaseLostException>(() => Queue.RenewAsync(key, null, default));
        await Assert.ThrowsAsync<LeaseLostException>(() => Queue.RenewAsync(key, LeaseDuration, default));
    }
}
