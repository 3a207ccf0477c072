using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Tests.Contracts;

/// <content>What operators do with nodes.</content>
public abstract partial class PoolLoadContract
{
    protected abstract INodeRegistry Registry { get; }

    [Fact]
    public async Task A_drained_node_gets_no_new_run_and_keeps_those_it_has()
    {
        var first = await EnqueueAsync();
        var lease = (await LeaseAsync(Offer("a")))!;
        var holding = Offer("a") with { FreeSlots = 3, Holds = [new HeldLease(first, 1)] };

        Assert.True(await Registry.DrainAsync("a", isDrained: true, default));
        Assert.True(await Registry.DrainAsync("a", isDrained: true, default));

        await EnqueueAsync();
        Assert.Null(await LeaseAsync(holding));
        Assert.Equal("a", (await Queue.RenewAsync(new LeaseKey(first, 1, lease.Token), LeaseDuration, default)).Node);
        Assert.Equal((NodeState.Draining, 0), (await StateAsync(), (await NodeAsync()).FreeSlots));
        Assert.NotNull(await LeaseAsync(Offer("b")));

        await Queue.FinishAsync(first, 1, default);
        await EnqueueAsync();
        Assert.Null(await LeaseAsync(Offer("a")));
        Assert.Equal(NodeState.Drained, await StateAsync());
    }

    [Fact]
    public async Task A_node_that_is_drained_no_more_gets_what_waits_at_its_next_question()
    {
        await LeaseAsync(Offer("a"));
        await Registry.DrainAsync("a", isDrained: true, default);
        var id = await EnqueueAsync();
        Assert.Null(await LeaseAsync(Offer("a")));

        Assert.True(await Registry.DrainAsync("a", isDrained: false, default));

        Assert.Equal(id, (await LeaseAsync(Offer("a")))?.RunId);
        Assert.Equal(NodeState.Ready, await StateAsync());
    }

    [Fact]
    public async Task A_question_that_waits_gets_no_run_once_its_node_is_drained_and_ends_when_it_is_drained_no_more()
    {
        var waiting = Queue.LeaseAsync(Offer("a"), TimeSpan.FromSeconds(30), default);
        await Eventually.Be(
            "the node is seen",
            async () => await Registry.DrainAsync("a", isDrained: true, default),
            Patience
        );
        var id = await EnqueueAsync();
        Assert.NotNull((await Loads.ReadAsync("default", default)).Standings!(id));

        await Registry.DrainAsync("a", isDrained: false, default);

        // The clock stands: nothing but the end of the draining ends the question.
        Assert.Null(await waiting.WaitAsync(Patience));
        Assert.Equal(id, (await LeaseAsync(Offer("a")))?.RunId);
    }

    [Fact]
    public async Task A_drained_node_stays_drained_whatever_it_says_and_however_long_it_is_gone()
    {
        await LeaseAsync(Offer("a"));
        await Registry.DrainAsync("a", isDrained: true, default);
        Time.Advance(LeaseRules.Memory + TimeSpan.FromDays(1));
        var other = await EnqueueAsync();
        await LeaseAsync(Offer("b"));
        await Queue.FinishAsync(other, 1, default);

        await EnqueueAsync();
        Assert.Null(await LeaseAsync(Offer("a") with { Slots = 2, FreeSlots = 2 }));
        Assert.True((await NodeAsync()).IsDrained);
    }

    [Fact]
    public async Task Of_a_node_that_nobody_knows_there_is_nothing_to_drain_or_to_remove()
    {
        Assert.False(await Registry.DrainAsync("a", isDrained: true, default));
        Assert.False(await Registry.DrainAsync("a", isDrained: false, default));
        Assert.Equal(NodeRemoval.NotFound, await Registry.RemoveAsync("a", Time.GetUtcNow(), default));
    }

    [Fact]
    public async Task A_node_that_is_gone_is_forgotten_and_new_when_it_comes_back()
    {
        await LeaseAsync(Offer("a"));
        await LeaseAsync(Offer("b") with { Pool = "other" });
        await Registry.DrainAsync("a", isDrained: true, default);
        Assert.Equal(NodeRemoval.IsThere, await RemoveAsync());
        Time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(NodeRemoval.Removed, await RemoveAsync());
        Assert.Equal(NodeRemoval.NotFound, await RemoveAsync());
        Assert.Equal(["b"], (await Registry.ListAsync(default)).Select(node => node.Name));

        await EnqueueAsync();
        Assert.NotNull(await LeaseAsync(Offer("a")));
        Assert.Equal(
            [("a", "default"), ("b", "other")],
            (await Registry.ListAsync(default)).Select(node => (node.Name, node.Pool))
        );
    }

    [Fact]
    public async Task A_node_that_holds_a_lease_is_not_forgotten_until_the_lease_is_taken_as_lost()
    {
        await EnqueueAsync();
        await LeaseAsync(Offer("a"));
        await Queue.TakeExpiredAsync(default);
        Assert.Equal(NodeRemoval.HoldsRuns, await RemoveAsync());

        IReadOnlyList<LostLease> lost = [];
        for (var passed = TimeSpan.Zero; passed < TimeSpan.FromMinutes(3); passed += TimeSpan.FromSeconds(5))
        {
            Time.Advance(TimeSpan.FromSeconds(5));
            lost = await Queue.TakeExpiredAsync(default);
        }

        Assert.Equal("a", Assert.Single(lost).Node);
        Assert.Equal(NodeRemoval.Removed, await RemoveAsync());
    }

    [Fact]
    public async Task Of_a_lease_and_a_draining_at_the_same_time_none_comes_after_the_other()
    {
        for (var i = 0; i < 10; i++)
        {
            var node = $"node-{i}";
            await LeaseAsync(Offer(node));
            var id = await EnqueueAsync();

            var lease = Task.Run(() => LeaseAsync(Offer(node)));
            await Task.Run(() => Registry.DrainAsync(node, isDrained: true, default));
            await lease;
            await Queue.FinishAsync(id, 1, default);
            var next = await EnqueueAsync();

            Assert.Null(await LeaseAsync(Offer(node)));
            await Queue.FinishAsync(next, 1, default);
        }
    }

    private Task<NodeRemoval> RemoveAsync() =>
        Registry.RemoveAsync("a", Time.GetUtcNow() - TimeSpan.FromMinutes(2), default);

    private async Task<NodeState> StateAsync() =>
        NodeStates.Of(
            (await Registry.ListAsync(default)).Single(node => node.Name == "a"),
            LeaseDuration,
            Time.GetUtcNow()
        );
}
