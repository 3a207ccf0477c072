using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;

namespace Trainyard.Backends.Tests.Contracts;

/// <content>Runs on several nodes: all of them or none, and lost, canceled and ended as one.</content>
public abstract partial class DispatchQueueContract
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_run_for_two_nodes_gets_two_of_three()
    {
        var waiting = Waiting("a", "b", "c");

        var id = await EnqueueGangAsync(2);

        var leases = await LeasedAsync(waiting.Values, 2);
        Assert.All(leases, lease => Assert.Equal((id, 1, 2), (lease.RunId, lease.Attempt, lease.Learners)));
        Assert.Equal([1, 2], leases.Select(lease => lease.Learner).Order());
        var nodes = new List<string>();
        foreach (var lease in leases)
        {
            var status = await Queue.RenewAsync(KeyOf(lease), LeaseDuration, default);
            Assert.Equal((lease.Learner, 2), (status.Learner, status.Learners));
            Assert.Same(lease, await waiting[status.Node].WaitAsync(Patience));
            nodes.Add(status.Node);
        }
        var single = await EnqueueAsync();
        var third = waiting.Keys.Except(nodes).Single();
        Assert.Equal(single, (await waiting[third].WaitAsync(Patience))!.RunId);
    }

    [Fact]
    public async Task A_run_for_two_nodes_gets_nothing_of_one_and_holds_up_nobody()
    {
        var gang = await EnqueueGangAsync(2);
        Assert.Null(await LeaseAsync(Cpu("a")));
        var single = await EnqueueAsync();

        Assert.Equal(single, (await LeaseAsync(Cpu("a")))!.RunId);
        Assert.Equal(CancelOutcome.Removed, await Queue.CancelAsync(gang, 1, default));
    }

    [Fact]
    public async Task A_node_that_hangs_up_before_costs_nobody_the_run()
    {
        using var hangUp = new CancellationTokenSource();
        var broken = Queue.LeaseAsync(Cpu("a"), Long, hangUp.Token);
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => broken);
        var waiting = Waiting("b");
        var id = await EnqueueGangAsync(2);

        Assert.False(waiting["b"].IsCompleted);
        var late = Waiting("c");

        var leases = await LeasedAsync([waiting["b"], late["c"]], 2);
        Assert.All(leases, lease => Assert.Equal(id, lease.RunId));
    }

    [Fact]
    public async Task A_node_that_hangs_up_while_it_is_given_its_part_costs_nobody_the_run()
    {
        for (var i = 0; i < 20; i++)
        {
            using var cancel = new CancellationTokenSource();
            var broken = Queue.LeaseAsync(Cpu("a"), Long, cancel.Token);
            var other = Queue.LeaseAsync(Cpu("b"), Long, default);
            var enqueued = EnqueueGangAsync(2);
            var hungUp = Task.Run(async () =>
            {
                Thread.SpinWait(i * 3_000);
                await cancel.CancelAsync();
            });
            await Task.WhenAll(enqueued, hungUp, broken.ContinueWith(_ => { }, TaskScheduler.Default));

            // Given the moment before, it is given once more: the node does not say that it holds it.
            var again = Queue.LeaseAsync(Cpu("a"), Long, default);
            var leases = await LeasedAsync([again, other], 2);

            Assert.Equal([1, 2], leases.Select(lease => lease.Learner).Order());
            var id = await enqueued;
            Assert.All(leases, lease => Assert.Equal(id, lease.RunId));
            await AllHeldAsync(leases);
            await Queue.FinishAsync(id, 1, default);
        }
    }

    [Fact]
    public async Task Runs_that_compete_for_nodes_never_hold_half_each()
    {
        var waiting = Waiting("a", "b", "c", "d", "e");
        var ids = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => EnqueueGangAsync(2))));

        var leases = await LeasedAsync(waiting.Values, 4);

        var byRun = leases.GroupBy(lease => lease.RunId).ToDictionary(run => run.Key, run => run.ToList());
        Assert.Equal(2, byRun.Count);
        Assert.All(byRun.Values, run => Assert.Equal([1, 2], run.Select(lease => lease.Learner).Order()));
        var last = ids.Except(byRun.Keys).Single();
        Assert.False(waiting.Values.Single(poll => !poll.IsCompleted).IsCompleted);
        await Queue.FinishAsync(byRun.Keys.First(), 1, default);
        var free = Waiting("f");
        var rest = await LeasedAsync([free["f"], waiting.Values.Single(poll => !poll.IsCompleted)], 2);
        Assert.All(rest, lease => Assert.Equal(last, lease.RunId));
    }

    [Fact]
    public async Task One_silent_node_loses_the_run_once_for_all()
    {
        var (id, leases) = await LeasedGangAsync(3);
        await Queue.RenewAsync(KeyOf(leases[0]), LeaseDuration, default);
        await PassAsync(LeaseDuration / 2);
        await Queue.RenewAsync(KeyOf(leases[0]), LeaseDuration, default);
        await Queue.RenewAsync(KeyOf(leases[2]), LeaseDuration, default);
        var silent = await NodeOfAsync(leases[1]);
        await PassAsync(LeaseDuration / 2);

        LostLease[] expected = [new(id, 1, silent) { Learner = 2 }];
        Assert.Equal(expected, await Queue.TakeExpiredAsync(default));
        Assert.Equal(expected, await Queue.TakeExpiredAsync(default));
        foreach (var lease in leases)
        {
            await LostAsync(KeyOf(lease));
        }
        await Queue.FinishAsync(id, 1, default);
        Assert.Empty(await Queue.TakeExpiredAsync(default));
        await Queue.EnqueueAsync(Entry(id, attempt: 2) with { Nodes = 3 }, default);
        var again = await LeasedAsync(Waiting("a", "b", "c").Values, 3);
        Assert.All(again, lease => Assert.Equal((id, 2), (lease.RunId, lease.Attempt)));
    }

    [Fact]
    public async Task A_node_that_lost_its_part_loses_the_run_for_all()
    {
        var (id, leases) = await LeasedGangAsync(2);
        await Queue.RenewAsync(KeyOf(leases[1]), LeaseDuration, default);

        var node = await NodeOfAsync(leases[1]);
        Assert.Null(await LeaseAsync(Cpu(node)));

        await LostAsync(KeyOf(leases[0]));
        Assert.Equal([new LostLease(id, 1, node) { Learner = 2 }], await Queue.TakeExpiredAsync(default));
    }

    [Fact]
    public async Task A_part_whose_answer_was_lost_is_given_again_and_the_other_keeps_its_token()
    {
        var (id, leases) = await LeasedGangAsync(2);

        var again = await LeaseAsync(Cpu(await NodeOfAsync(leases[1])));

        Assert.Equal((id, 2, 2), (again!.RunId, again.Learner, again.Learners));
        await LostAsync(KeyOf(leases[1]));
        await AllHeldAsync([leases[0], again]);
    }

    [Fact]
    public async Task A_cancel_reaches_all_learners()
    {
        var (id, leases) = await LeasedGangAsync(2);

        Assert.Equal(CancelOutcome.Signaled, await Queue.CancelAsync(id, 1, default));

        foreach (var lease in leases)
        {
            Assert.True((await Queue.RenewAsync(KeyOf(lease), LeaseDuration, default)).CancelRequested);
        }
    }

    [Fact]
    public async Task A_learner_that_ends_frees_its_node_and_the_last_one_ends_the_attempt()
    {
        var (id, leases) = await LeasedGangAsync(2);
        var freed = await NodeOfAsync(leases[0]);

        await Queue.FinishAsync(id, 1, learner: 1, default);
        await Queue.FinishAsync(id, 1, learner: 1, default);

        await LostAsync(KeyOf(leases[0]));
        await AllHeldAsync([leases[1]]);
        var single = await EnqueueAsync();
        Assert.Equal(single, (await LeaseAsync(Cpu(freed)))!.RunId);
        await Queue.FinishAsync(id, 1, learner: 2, default);
        await LostAsync(KeyOf(leases[1]));
        Assert.Equal(CancelOutcome.NotFound, await Queue.CancelAsync(id, 1, default));
        await PassAsync(LeaseDuration);
        Assert.DoesNotContain(await Queue.TakeExpiredAsync(default), lost => lost.RunId == id);
    }

    [Fact]
    public async Task A_node_that_falls_silent_after_another_learner_ended_loses_the_run()
    {
        var (id, leases) = await LeasedGangAsync(2);
        var silent = await NodeOfAsync(leases[1]);
        await Queue.FinishAsync(id, 1, learner: 1, default);
        await Queue.CancelAsync(id, 1, default);

        await PassAsync(LeaseDuration);

        Assert.Equal([new LostLease(id, 1, silent) { Learner = 2 }], await Queue.TakeExpiredAsync(default));
        await Queue.FinishAsync(id, 1, default);
        Assert.Empty(await Queue.TakeExpiredAsync(default));
    }

    [Fact]
    public async Task A_later_attempt_ends_the_leases_of_the_one_before()
    {
        var (id, leases) = await LeasedGangAsync(2);
        await Queue.FinishAsync(id, 1, learner: 2, default);

        await Queue.EnqueueAsync(Entry(id, attempt: 2) with { Nodes = 2 }, default);

        await LostAsync(KeyOf(leases[0]));
        var again = await LeasedAsync(Waiting("x", "y").Values, 2);
        Assert.Equal([1, 2], again.Select(lease => lease.Learner).Order());
        Assert.All(again, lease => Assert.Equal((id, 2), (lease.RunId, lease.Attempt)));
    }

    [Fact]
    public async Task An_attempt_that_is_ended_voids_all_its_tokens()
    {
        var (id, leases) = await LeasedGangAsync(2);

        await Queue.FinishAsync(id, 1, default);

        foreach (var lease in leases)
        {
            await LostAsync(KeyOf(lease));
        }
    }

    [Fact]
    public async Task A_run_may_take_sixty_four_nodes()
    {
        var (_, leases) = await LeasedGangAsync(64);

        Assert.Equal(Enumerable.Range(1, 64), leases.Select(lease => lease.Learner));
        await Task.WhenAll(
            leases.Select(lease => Task.Run(() => Queue.RenewAsync(KeyOf(lease), LeaseDuration, default)))
        );
        await PassAsync(LeaseDuration - TimeSpan.FromSeconds(1));
        await AllHeldAsync(leases);
    }

    /// <summary>A run and its leases on nodes a, b, …, in the order of their learners.</summary>
    protected async Task<(RunId Id, List<Lease> Leases)> LeasedGangAsync(int nodes)
    {
        var names = Enumerable.Range(0, nodes).Select(i => i < 26 ? $"{(char)('a' + i)}" : $"z{i}").ToArray();
        var waiting = Waiting(names);
        var id = await EnqueueGangAsync(nodes);
        var leases = await LeasedAsync(waiting.Values, nodes);
        return (id, [.. leases.OrderBy(lease => lease.Learner)]);
    }

    protected async Task<RunId> EnqueueGangAsync(int nodes)
    {
        var id = RunId.New();
        await Queue.EnqueueAsync(Entry(id) with { Nodes = nodes }, default);
        return id;
    }

    /// <summary>The long polls of nodes.</summary>
    protected Dictionary<string, Task<Lease?>> Waiting(params string[] nodes) =>
        nodes.ToDictionary(node => node, node => Queue.LeaseAsync(Cpu(node), Long, default));

    /// <summary>As many leases as these polls are to get.</summary>
    protected static async Task<List<Lease>> LeasedAsync(IEnumerable<Task<Lease?>> polls, int count)
    {
        var open = polls.ToList();
        var leases = new List<Lease>();
        while (leases.Count < count)
        {
            var done = await Task.WhenAny(open).WaitAsync(Patience);
            open.Remove(done);
            leases.Add((await done)!);
        }
        return leases;
    }

    private async Task<string> NodeOfAsync(Lease lease) => (await Queue.RenewAsync(KeyOf(lease), null, default)).Node;

    private async Task AllHeldAsync(IEnumerable<Lease> leases)
    {
        foreach (var lease in leases)
        {
            Assert.Equal(lease.Learner, (await Queue.RenewAsync(KeyOf(lease), null, default)).Learner);
        }
    }
}
