using Trainyard.Contracts;
using Trainyard.Contracts.Runs;

namespace Trainyard.Backends.Tests.Contracts;

/// <content>Who goes next, and who stands where.</content>
public abstract partial class DispatchQueueContract
{
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
        {
            Assert.Equal(expected, (await LeaseAsync(Cpu(expected.ToString())))!.RunId);
        }
    }

    [Fact]
    public async Task Owners_take_turns_and_urgency_orders_an_owners_own_runs()
    {
        var places = new[]
        {
            await EnqueueAsync(owner: "alice"),
            await EnqueueAsync(owner: "bob", priority: -1),
            await EnqueueAsync(owner: "alice", priority: 1),
            await EnqueueAsync(owner: "alice", priority: -1),
            await EnqueueAsync(owner: "bob", priority: 1),
            await EnqueueAsync(owner: "carol", priority: 1),
            await EnqueueAsync(owner: "alice", priority: 1),
        };

        foreach (var place in new[] { 2, 4, 5, 6, 1, 0, 3 })
        {
            Assert.Equal(places[place], (await LeaseAsync(Cpu($"node-{place}")))!.RunId);
        }
    }

    [Fact]
    public async Task A_later_attempt_keeps_its_owners_place()
    {
        var first = await EnqueueAsync(owner: "alice");
        await EnqueueAsync(owner: "bob", priority: 1);
        await LeaseAsync(Cpu("a"));

        await Queue.EnqueueAsync(Entry(first, attempt: 2) with { Owner = Owner.Parse("alice") }, default);

        Assert.Equal(first, (await LeaseAsync(Cpu("b")))!.RunId);
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
}
