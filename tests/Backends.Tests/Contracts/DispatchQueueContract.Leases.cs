using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;

namespace Trainyard.Backends.Tests.Contracts;

/// <content>What a lease is good for, and how it ends.</content>
public abstract partial class DispatchQueueContract
{
    [Fact]
    public async Task Renewing_moves_the_expiry_and_tells_of_a_cancel()
    {
        var (_, key) = await LeasedAsync();
        await PassAsync(TimeSpan.FromSeconds(30));

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
        await PassAsync(TimeSpan.FromSeconds(59));

        Assert.Equal(lease.ExpiresAt, (await Queue.RenewAsync(key, null, default)).ExpiresAt);
        await PassAsync(TimeSpan.FromSeconds(2));

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
    public async Task An_ended_attempt_that_was_forgotten_is_queued_anew_under_another_token()
    {
        var (_, key) = await LeasedAsync();
        await Queue.FinishAsync(key.RunId, 1, default);

        await Queue.ForgetAsync(key.RunId, default);
        await Queue.ForgetAsync(key.RunId, default);
        await Queue.EnqueueAsync(Entry(key.RunId), default);

        Assert.Equal(
            (key.RunId, 1),
            (await LeaseAsync(Cpu("b"))) is { } lease ? (lease.RunId, lease.Attempt) : default
        );
        await LostAsync(key);
    }

    [Fact]
    public async Task A_removed_attempt_that_was_forgotten_is_queued_anew()
    {
        var id = await EnqueueAsync();
        await Queue.CancelAsync(id, 1, default);

        await Queue.ForgetAsync(id, default);
        await Queue.EnqueueAsync(Entry(id), default);

        Assert.Equal(id, (await LeaseAsync(Cpu("b")))?.RunId);
    }

    [Fact]
    public async Task What_has_not_ended_is_not_forgotten()
    {
        var (_, key) = await LeasedAsync();
        var waiting = await EnqueueAsync();

        await Queue.ForgetAsync(key.RunId, default);
        await Queue.ForgetAsync(waiting, default);
        await Queue.ForgetAsync(RunId.New(), default);

        await Queue.RenewAsync(key, LeaseDuration, default);
        Assert.Equal(waiting, (await LeaseAsync(Cpu("b")))?.RunId);
        await PassAsync(LeaseDuration);
        Assert.NotEmpty(await Queue.TakeExpiredAsync(default));
        await Queue.ForgetAsync(key.RunId, default);
        Assert.Contains(await Queue.TakeExpiredAsync(default), lost => lost.RunId == key.RunId);
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
        await PassAsync(LeaseDuration);
        LostLease[] expected = [new(key.RunId, 1, "node")];

        Assert.Equal(expected, await Queue.TakeExpiredAsync(default));
        Assert.Equal(expected, await Queue.TakeExpiredAsync(default));
        await LostAsync(key);
        Assert.Null(await LeaseAsync(Cpu("node")));
        await Queue.FinishAsync(key.RunId, 1, default);

        Assert.Empty(await Queue.TakeExpiredAsync(default));
    }
}
