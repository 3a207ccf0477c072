using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Matching;

namespace Trainyard.Backends.Tests.Contracts;

/// <content>Nodes that fail runs, and runs that wait for another node.</content>
public abstract partial class PoolLoadContract
{
    private static readonly NodeVerdict Broken = NodeVerdict.Failed("No space left on device");

    [Fact]
    public async Task A_node_that_fails_three_runs_in_a_row_is_set_aside_and_tried_with_one_run()
    {
        for (var run = 0; run < 3; run++)
        {
            await FailAsync("a");
        }
        await EnqueueAsync();

        var aside = await NodeAsync();
        Assert.Equal(Time.GetUtcNow() + TimeSpan.FromMinutes(1), aside.SetAsideUntil);
        Assert.Equal(
            (3, "No space left on device", 0),
            (aside.Standing.Failures, aside.Standing.Reason, aside.FreeSlots)
        );
        Assert.Null(await LeaseAsync(Offer("a")));

        Time.Advance(TimeSpan.FromMinutes(1));
        await EnqueueAsync();
        var probe = await LeaseAsync(Offer("a"));
        Assert.NotNull(probe);
        var holding = Offer("a") with { FreeSlots = 3, Holds = [new HeldLease(probe.RunId, 1)] };
        Assert.Null(await LeaseAsync(holding));
        await JudgeAsync(probe, NodeVerdict.Worked);
        Assert.NotNull(await LeaseAsync(holding));
        Assert.Equal(NodeStanding.Good, (await NodeAsync()).Standing);
    }

    [Fact]
    public async Task A_node_that_goes_on_failing_is_set_aside_for_longer_each_time_up_to_half_an_hour()
    {
        for (var run = 0; run < 2; run++)
        {
            await FailAsync("a");
        }
        foreach (var minutes in new[] { 1, 2, 4, 8, 16, 30, 30 })
        {
            await FailAsync("a");
            Assert.Equal(Time.GetUtcNow() + TimeSpan.FromMinutes(minutes), (await NodeAsync()).SetAsideUntil);
            Time.Advance(TimeSpan.FromMinutes(minutes));
        }
        Assert.Null((await NodeAsync()).SetAsideUntil);
    }

    [Fact]
    public async Task A_node_that_fails_now_and_then_is_not_set_aside()
    {
        for (var run = 0; run < 10; run++)
        {
            await FailAsync("a");
            await FailAsync("a");
            await EnqueueAsync();
            await JudgeAsync((await LeaseAsync(Offer("a")))!, NodeVerdict.Worked);
        }

        Assert.Null((await NodeAsync()).SetAsideUntil);
    }

    [Fact]
    public async Task A_run_that_fails_everywhere_sets_no_node_aside_nor_does_a_report_that_comes_twice()
    {
        await EnqueueAsync();
        var lease = (await LeaseAsync(Offer("a")))!;
        for (var attempt = 1; attempt <= 5; attempt++)
        {
            await Loads.JudgeAsync(new LostLease(lease.RunId, attempt, "a"), Broken, default);
            await Loads.JudgeAsync(new LostLease(lease.RunId, attempt, "a"), Broken, default);
        }

        Assert.Equal((1, null), ((await NodeAsync()).Standing.Failures, (await NodeAsync()).SetAsideUntil));
    }

    [Fact]
    public async Task A_node_that_falls_silent_is_not_blamed_but_the_run_goes_elsewhere()
    {
        await LeaseAsync(Offer("b"));
        for (var run = 0; run < 4; run++)
        {
            await EnqueueAsync();
            var lost = (await LeaseAsync(Offer("a")))!;
            await JudgeAsync(lost, NodeVerdict.Lost);
            await AgainAsync(lost);
            Assert.Null(await LeaseAsync(Offer("a")));
            Assert.Equal(lost.RunId, (await LeaseAsync(Offer("b")))!.RunId);
            await Queue.FinishAsync(lost.RunId, 2, default);
        }

        Assert.Equal(0, (await Loads.ReadAsync("default", default)).Nodes.Single(n => n.Name == "a").Standing.Failures);
    }

    [Fact]
    public async Task A_run_is_not_given_again_to_the_node_that_failed_it_while_another_could_take_it()
    {
        await LeaseAsync(Offer("b"));
        var failed = await FailAsync("a");
        await AgainAsync(failed);
        var behind = await EnqueueAsync();

        Assert.Equal(behind, (await LeaseAsync(Offer("a")))!.RunId);
        Assert.Null(await LeaseAsync(Offer("a") with { FreeSlots = 3, Holds = [new HeldLease(behind, 1)] }));
        Assert.Equal((failed.RunId, 2), await LeaseAsync(Offer("b")) is { } l ? (l.RunId, l.Attempt) : default);
    }

    [Theory]
    [InlineData("alone")]
    [InlineData("other too small")]
    [InlineData("other retired")]
    [InlineData("other failed it too")]
    [InlineData("other silent")]
    [InlineData("long ago")]
    public async Task A_run_is_given_again_to_the_node_that_failed_it_when_no_other_could_take_it(string why)
    {
        if (why != "alone")
        {
            await LeaseAsync(
                why == "other too small" ? Offer("b") with { Gpus = 1, Slots = 1, FreeSlots = 1 } : Offer("b")
            );
        }
        await EnqueueAsync(gpus: 2);
        var failed = (await LeaseAsync(Offer("a")))!;
        await JudgeAsync(failed, Broken);
        if (why == "other failed it too")
        {
            await Loads.JudgeAsync(new LostLease(failed.RunId, 1, "b"), Broken, default);
        }
        if (why == "other retired")
        {
            await Loads.RetireAsync("b", default);
        }
        if (why == "other silent")
        {
            Time.Advance(TimeSpan.FromMinutes(3));
        }
        await AgainAsync(failed, gpus: 2);
        if (why == "long ago")
        {
            Time.Advance(RetryDelays.AvoidFor);
            await LeaseAsync(Offer("b") with { FreeSlots = 0 });
        }

        Assert.Equal(failed.RunId, (await LeaseAsync(Offer("a")))?.RunId);
    }

    [Fact]
    public async Task A_run_that_waits_before_its_next_attempt_holds_up_nobody()
    {
        await EnqueueAsync();
        var failed = (await LeaseAsync(Offer("a")))!;
        await AgainAsync(failed, delay: TimeSpan.FromSeconds(20));
        var behind = await EnqueueAsync();

        var told = (await Loads.ReadAsync("default", default)).Waiting[0];
        Assert.Equal((failed.RunId, Time.GetUtcNow() + TimeSpan.FromSeconds(20)), (told.RunId, told.NotBefore));
        Assert.Equal(behind, (await LeaseAsync(Offer("a")))!.RunId);
        Assert.Null(await LeaseAsync(Offer("c")));
        Time.Advance(TimeSpan.FromSeconds(20));
        Assert.Null((await Loads.ReadAsync("default", default)).Waiting[0].NotBefore);
        Assert.Equal(failed.RunId, (await LeaseAsync(Offer("c")))!.RunId);
    }

    [Fact]
    public async Task A_waiting_node_gets_a_run_as_soon_as_it_is_due()
    {
        await EnqueueAsync();
        var failed = (await LeaseAsync(Offer("a")))!;
        var waiting = Queue.LeaseAsync(Offer("c"), TimeSpan.FromSeconds(30), default);
        await AgainAsync(failed, delay: TimeSpan.FromSeconds(5));

        Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(failed.RunId, (await waiting.WaitAsync(TimeSpan.FromSeconds(20)))!.RunId);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_keeps_neither_a_run_nor_a_node_waiting()
    {
        for (var run = 0; run < 3; run++)
        {
            await FailAsync("a");
        }
        await EnqueueAsync();
        var failed = (await LeaseAsync(Offer("b")))!;
        await AgainAsync(failed, delay: TimeSpan.FromMinutes(5));

        Time.Set(TimeSpan.FromHours(-1));

        Assert.Equal(failed.RunId, (await LeaseAsync(Offer("a")))!.RunId);
    }

    [Fact]
    public async Task What_is_said_of_a_node_that_is_not_known_is_dropped() =>
        await Loads.JudgeAsync(new LostLease(RunId.New(), 1, "nobody"), Broken, default);

    [Fact]
    public async Task A_node_tells_how_it_keeps_commands_apart()
    {
        await LeaseAsync(Offer("a") with { Sandbox = "bubblewrap" });
        Assert.Equal("bubblewrap", (await NodeAsync()).Sandbox);

        await LeaseAsync(Offer("a"));

        Assert.Null((await NodeAsync()).Sandbox);
    }

    private async Task<Lease> FailAsync(string node)
    {
        await EnqueueAsync();
        var lease = (await LeaseAsync(Offer(node)))!;
        await JudgeAsync(lease, Broken, node);
        await Queue.FinishAsync(lease.RunId, lease.Attempt, default);
        return lease;
    }

    private Task JudgeAsync(Lease lease, NodeVerdict verdict, string node = "a") =>
        Loads.JudgeAsync(new LostLease(lease.RunId, lease.Attempt, node), verdict, default);

    // The next attempt of a run.
    private Task AgainAsync(Lease lease, int gpus = 0, TimeSpan delay = default) =>
        Queue.EnqueueAsync(
            new DispatchEntry
            {
                RunId = lease.RunId,
                Attempt = lease.Attempt + 1,
                Owner = Owner.Parse("jean"),
                Pool = "default",
                Needs = new RunNeeds { Gpus = gpus },
                Delay = delay,
            },
            default
        );
}
