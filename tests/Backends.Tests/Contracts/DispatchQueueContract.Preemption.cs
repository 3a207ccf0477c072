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
