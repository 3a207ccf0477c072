using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Matching;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Backends.Tests.Contracts;

/// <content>Attempts that give way to others.</content>
public abstract partial class DispatchQueueContract
{
    [Fact]
    public async Task A_preemptible_attempt_gives_way_once_and_goes_on_later_in_its_old_place()
    {
        var (victim, key) = await PreemptibleAsync("node");
        var urgent = await EnqueueAsync(gpus: 1, priority: 1);
        var younger = await EnqueueAsync(gpus: 1);

        var told = Assert.Single(await Queue.PreemptAsync(default));

        Assert.Equal((victim, 1, urgent), (told.RunId, told.Attempt, told.Order.For));
        Assert.Equal(told.Order, (await Queue.RenewAsync(key, LeaseDuration, default)).Preemption);
        Assert.Equal(told.Order, (await Queue.RenewAsync(key, null, default)).Preemption);
        Assert.Empty(await Queue.PreemptAsync(default));

        await Queue.FinishAsync(victim, 1, default);
        await Queue.EnqueueAsync(Preemptible(victim, attempt: 2), default);
        Assert.Equal(urgent, (await LeaseAsync(Gpu("node", 1)))!.RunId);
        var again = await LeaseAsync(Gpu("other", 1));
        Assert.Equal((victim, 2), (again!.RunId, again.Attempt));
        Assert.Null((await Queue.RenewAsync(KeyOf(again), null, default)).Preemption);
        Assert.Equal(younger, (await LeaseAsync(Gpu("third", 1)))!.RunId);
    }

    [Fact]
    public async Task An_attempt_that_did_not_consent_gives_way_to_nobody()
    {
        await EnqueueAsync(gpus: 1);
        var key = KeyOf((await LeaseAsync(Gpu("node", 1)))!);
        await EnqueueAsync(gpus: 1, priority: 1);

        Assert.Empty(await Queue.PreemptAsync(default));
        Assert.Null((await Queue.RenewAsync(key, LeaseDuration, default)).Preemption);
    }

    [Fact]
    public async Task An_attempt_that_has_ended_gives_way_to_nobody()
    {
        var (victim, _) = await PreemptibleAsync("node");
        await EnqueueAsync(gpus: 1, priority: 1);
        await Queue.FinishAsync(victim, 1, default);

        Assert.Empty(await Queue.PreemptAsync(default));
    }

    [Fact]
    public async Task A_run_that_gave_way_is_protected_for_a_while_after_it_began_again()
    {
        var (victim, _) = await PreemptibleAsync("node");
        var urgent = await EnqueueAsync(gpus: 1, priority: 1);
        await Queue.PreemptAsync(default);
        await Queue.FinishAsync(victim, 1, default);
        await Queue.FinishAsync(urgent, 1, default);
        await Queue.EnqueueAsync(Preemptible(victim, attempt: 2), default);
        var key = KeyOf((await LeaseAsync(Gpu("node", 1)))!);
        await EnqueueAsync(gpus: 1, priority: 1);

        for (var passed = TimeSpan.Zero; passed < new PoolOptions().PreemptionProtection; passed += LeaseDuration / 2)
        {
            Assert.Empty(await Queue.PreemptAsync(default));
            await PassAsync(LeaseDuration / 2);
            await Queue.RenewAsync(key, LeaseDuration, default);
        }

        Assert.Equal((victim, 2), Told(Assert.Single(await Queue.PreemptAsync(default))));
    }

    [Fact]
    public async Task An_attempt_on_two_nodes_gives_way_as_a_whole_and_all_of_its_nodes_are_free_then()
    {
        var (victim, keys) = await PreemptibleGangAsync("a", "b");
        var urgent = await EnqueueAsync(gpus: 1, priority: 1);

        var told = Assert.Single(await Queue.PreemptAsync(default));

        Assert.Equal((victim, 1, urgent), (told.RunId, told.Attempt, told.Order.For));
        foreach (var key in keys)
        {
            Assert.Equal(told.Order, (await Queue.RenewAsync(key, LeaseDuration, default)).Preemption);
        }
        Assert.Empty(await Queue.PreemptAsync(default));

        var next = await EnqueueAsync(gpus: 1, owner: "ann");
        var kept = Assert.Single(told.Order.Nodes);
        await Queue.FinishAsync(victim, 1, learner: 1, default);
        Assert.Equal(told.Order, (await Queue.RenewAsync(keys[1], LeaseDuration, default)).Preemption);
        await Queue.FinishAsync(victim, 1, learner: 2, default);
        await Queue.EnqueueAsync(Preemptible(victim, attempt: 2) with { Nodes = 2 }, default);
        Assert.Equal(urgent, (await LeaseAsync(Gpu(kept, 1)))!.RunId);
        Assert.Equal(next, (await LeaseAsync(Gpu(kept == "a" ? "b" : "a", 1)))!.RunId);

        var again = await LeasedAsync([Polling("c"), Polling("d")], 2);
        Assert.All(again, lease => Assert.Equal((victim, 2, 2), (lease.RunId, lease.Attempt, lease.Learners)));
        Assert.Null((await Queue.RenewAsync(KeyOf(again[0]), null, default)).Preemption);
    }

    [Fact]
    public async Task Two_attempts_give_way_to_a_run_on_two_nodes_and_its_rooms_are_its_own()
    {
        var victims = new[] { await PreemptibleAsync("a"), await PreemptibleAsync("b") };
        var urgent = RunId.New();
        await Queue.EnqueueAsync(UrgentGang(urgent), default);

        var told = await Queue.PreemptAsync(default);

        Assert.Equal(victims.Select(each => each.Id).ToHashSet(), told.Select(each => each.RunId).ToHashSet());
        Assert.All(told, each => Assert.Equal(["a", "b"], each.Order.Nodes.Order()));
        var other = await EnqueueAsync(gpus: 1, owner: "ann");
        await Queue.FinishAsync(victims[0].Id, 1, default);
        await Queue.EnqueueAsync(Preemptible(victims[0].Id, attempt: 2), default);
        Assert.Null(await LeaseAsync(Gpu("a", 1)));
        await Queue.FinishAsync(victims[1].Id, 1, default);

        var leases = await LeasedAsync([Polling("a"), Polling("b")], 2);
        Assert.All(leases, lease => Assert.Equal((urgent, 2), (lease.RunId, lease.Learners)));
        Assert.Equal(other, (await LeaseAsync(Gpu("c", 1)))!.RunId);
    }

    [Fact]
    public async Task Nobody_gives_way_to_a_run_on_two_nodes_that_would_get_one()
    {
        await PreemptibleAsync("a");
        await EnqueueAsync(gpus: 1);
        await LeaseAsync(Gpu("b", 1));
        await Queue.EnqueueAsync(UrgentGang(RunId.New()), default);

        Assert.Empty(await Queue.PreemptAsync(default));
    }

    [Fact]
    public async Task Rooms_that_others_left_are_free_when_the_run_is_canceled_that_they_were_left_for()
    {
        var (first, _) = await PreemptibleAsync("a");
        await PreemptibleAsync("b");
        var urgent = RunId.New();
        await Queue.EnqueueAsync(UrgentGang(urgent), default);
        Assert.Equal(2, (await Queue.PreemptAsync(default)).Count);
        await Queue.FinishAsync(first, 1, default);
        var other = await EnqueueAsync(gpus: 1);
        Assert.Null(await LeaseAsync(Gpu("a", 1)));

        Assert.Equal(CancelOutcome.Removed, await Queue.CancelAsync(urgent, 1, default));

        Assert.Equal(other, (await LeaseAsync(Gpu("a", 1)))!.RunId);
    }

    private Task<Lease?> Polling(string node) => Queue.LeaseAsync(Gpu(node, 1), Long, default);

    private async Task<(RunId Id, List<LeaseKey> Keys)> PreemptibleGangAsync(params string[] nodes)
    {
        var id = RunId.New();
        await Queue.EnqueueAsync(Preemptible(id) with { Nodes = nodes.Length }, default);
        var leases = await LeasedAsync(nodes.Select(Polling).ToList(), nodes.Length);
        return (id, [.. leases.OrderBy(lease => lease.Learner).Select(KeyOf)]);
    }

    private static DispatchEntry UrgentGang(RunId id) =>
        Entry(id) with
        {
            Needs = new RunNeeds { Gpus = 1 },
            Nodes = 2,
            Priority = 1,
        };

    private static (RunId, int) Told(Preemption told) => (told.RunId, told.Attempt);

    protected async Task<(RunId Id, LeaseKey Key)> PreemptibleAsync(string node)
    {
        var id = RunId.New();
        await Queue.EnqueueAsync(Preemptible(id), default);
        return (id, KeyOf((await LeaseAsync(Gpu(node, 1)))!));
    }

    private static DispatchEntry Preemptible(RunId id, int attempt = 1) =>
        Entry(id, attempt) with
        {
            Needs = new RunNeeds { Gpus = 1 },
            IsPreemptible = true,
            Owner = Owner.Parse("jean"),
        };
}
