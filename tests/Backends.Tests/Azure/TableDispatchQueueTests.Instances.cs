using Azure.Data.Tables;
using Trainyard.Backends.Azure.Dispatch;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Matching;

namespace Trainyard.Backends.Tests.OnAzure;

/// <content>Runs on several nodes whose nodes wait at several instances of the service.</content>
public sealed partial class TableDispatchQueueTests
{
    private static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(25);

    [Theory]
    [InlineData(2, 2)]
    [InlineData(6, 3)]
    public async Task A_run_gets_nodes_that_wait_at_different_instances(int nodes, int instances)
    {
        var queues = Instances(instances);
        var polls = Enumerable
            .Range(0, nodes)
            .Select(i => queues[i % instances].LeaseAsync(Cpu($"node-{i}"), LongPoll, default))
            .ToList();
        var id = RunId.New();

        await queues[0].EnqueueAsync(Gang(id, nodes), default);

        var leases = await Task.WhenAll(polls).WaitAsync(Bound);
        Assert.All(leases, lease => Assert.Equal((id, 1, nodes), (lease!.RunId, lease.Attempt, lease.Learners)));
        Assert.Equal(Enumerable.Range(1, nodes), leases.Select(lease => lease!.Learner).Order());
        foreach (var lease in leases)
        {
            var status = await queues[^1].RenewAsync(KeyOf(lease!), LeaseDuration, default);
            Assert.Equal(lease!.Learner, status.Learner);
        }
    }

    [Fact]
    public async Task A_run_that_wants_more_nodes_than_wait_anywhere_gets_none_and_holds_up_nobody()
    {
        var queues = Instances(2);
        var here = queues[0].LeaseAsync(Cpu("a"), LongPoll, default);
        var there = queues[1].LeaseAsync(Cpu("b"), LongPoll, default);
        await queues[0].EnqueueAsync(Gang(RunId.New(), nodes: 3), default);
        var single = RunId.New();
        await queues[0].EnqueueAsync(Gang(single, nodes: 1), default);

        var first = await Task.WhenAny(here, there).WaitAsync(Bound);
        Assert.Equal(single, (await first)!.RunId);
        Assert.False((first == here ? there : here).IsCompleted);
    }

    [Fact]
    public async Task A_run_on_one_node_is_given_by_the_instance_at_which_the_node_waits()
    {
        var queues = Instances(2);
        var there = queues[1].LeaseAsync(Cpu("b"), LongPoll, default);
        // Makes the instances tell each other of their nodes.
        await queues[0].EnqueueAsync(Gang(RunId.New(), nodes: 3), default);
        var here = queues[0].LeaseAsync(Cpu("a"), LongPoll, default);
        var ids = new List<RunId> { RunId.New(), RunId.New() };

        foreach (var id in ids)
        {
            await queues[0].EnqueueAsync(Gang(id, nodes: 1), default);
        }

        var leases = await Task.WhenAll(here, there).WaitAsync(Bound);
        Assert.Equal(ids.Order(RunIdOrder), leases.Select(lease => lease!.RunId).Order(RunIdOrder));
    }

    [Fact]
    public async Task A_node_that_gets_a_run_at_its_own_instance_first_is_given_no_other_from_elsewhere()
    {
        // Either instance may be the one that gives the run on two nodes; the story is of the one without its second node.
        for (var round = 0; !await TakesTheSecondNodeAsync(round); round++)
        {
            Assert.InRange(round, 0, 9);
        }
    }

    /// <returns>False when the instance of the second node gave the run on two nodes itself.</returns>
    private async Task<bool> TakesTheSecondNodeAsync(int round)
    {
        var taken = RunId.New();
        var gang = RunId.New();
        var there = Open(TimeProvider.System);
        Task<Lease?>? b = null;
        RunId? given = null;
        // The claim of the run on two nodes is written; then the other instance is quicker with a node of it.
        var between = new InBetween(
            request => request.Uri.ToString().Contains("$batch"),
            async () =>
            {
                if (!b!.IsCompleted)
                {
                    await there.EnqueueAsync(Gang(taken, nodes: 1), default);
                }
                given = (await b.WaitAsync(Bound))!.RunId;
            }
        );
        var here = Open(TimeProvider.System, Through(between));
        b = there.LeaseAsync(Cpu($"b{round}"), LongPoll, default);
        var a = here.LeaseAsync(Cpu($"a{round}"), LongPoll, default);
        await there.EnqueueAsync(Gang(gang), default);

        await b.WaitAsync(Bound);
        if ((await b)!.RunId == gang)
        {
            Assert.Equal(gang, (await a.WaitAsync(Bound))!.RunId);
            await there.CancelAsync(taken, 1, default);
            return false;
        }
        // A third node comes, and the run gets that one and the first.
        var c = there.LeaseAsync(Cpu($"c{round}"), LongPoll, default);

        var leases = await Task.WhenAll(a, c).WaitAsync(Bound);
        Assert.Equal(taken, given);
        Assert.All(leases, lease => Assert.Equal(gang, lease!.RunId));
        Assert.Equal([1, 2], leases.Select(lease => lease!.Learner).Order());
        return true;
    }

    [Fact]
    public async Task Runs_that_compete_for_nodes_of_several_instances_get_all_or_none_and_no_node_is_given_twice()
    {
        var queues = Instances(4);
        var polls = Enumerable
            .Range(0, 8)
            .ToDictionary(
                i => $"node-{i}",
                i =>
                    Task.Run(() =>
                        KeptAskingAsync(queues[i % 4], $"node-{i}", new CancellationTokenSource(Bound).Token)
                    )
            );
        var ids = Enumerable.Range(0, 2).Select(_ => RunId.New()).ToList();
        await Task.WhenAll(ids.Select((id, i) => Task.Run(() => queues[i].EnqueueAsync(Gang(id, nodes: 4), default))));

        var leases = await Task.WhenAll(polls.Values).WaitAsync(Bound);

        var byRun = leases.GroupBy(lease => lease.RunId).ToList();
        Assert.Equal(ids.Order(RunIdOrder), byRun.Select(run => run.Key).Order(RunIdOrder));
        Assert.All(byRun, run => Assert.Equal([1, 2, 3, 4], run.Select(lease => lease.Learner).Order()));
        var nodes = new List<string>();
        foreach (var lease in leases)
        {
            nodes.Add((await queues[0].RenewAsync(KeyOf(lease), LeaseDuration, default)).Node);
        }
        Assert.Equal(polls.Keys.Order(), nodes.Order());
    }

    [Fact]
    public async Task A_node_that_hung_up_and_asks_anew_gets_what_another_instance_gave_it_meanwhile()
    {
        var queues = Instances(2);
        using var hangUp = new CancellationTokenSource();
        var gone = queues[1].LeaseAsync(Cpu("b"), LongPoll, hangUp.Token);
        var waitsFor = RunId.New();
        // Tells the nodes of both instances to both; three do not wait.
        await queues[1].EnqueueAsync(Gang(waitsFor, nodes: 3), default);
        var a = queues[0].LeaseAsync(Cpu("a"), LongPoll, default);
        await queues[1].CancelAsync(waitsFor, 1, default);
        var id = RunId.New();
        await queues[0].EnqueueAsync(Gang(id), default);
        await hangUp.CancelAsync();

        var b = queues[1].LeaseAsync(Cpu("b"), LongPoll, default);

        Lease? early = null;
        try
        {
            early = await gone;
        }
        catch (OperationCanceledException)
        {
            // It hung up before it was given anything.
        }
        var leases = await Task.WhenAll(a, b).WaitAsync(Bound);
        Assert.All(leases, lease => Assert.Equal(id, lease!.RunId));
        Assert.Equal([1, 2], leases.Select(lease => lease!.Learner).Order());
        Assert.True(early is null || early.Token != leases[1]!.Token);
    }

    [Fact]
    public async Task Rooms_that_are_left_for_a_run_on_two_nodes_are_kept_by_every_instance()
    {
        var (first, _) = await PreemptibleAsync("a");
        var (second, _) = await PreemptibleAsync("b");
        var other = Open(Time);
        await other.TakeExpiredAsync(default);
        var urgent = RunId.New();
        await Queue.EnqueueAsync(
            Gang(urgent) with
            {
                Priority = 1,
                Needs = new RunNeeds { Gpus = 1 },
            },
            default
        );
        var told = await Queue.PreemptAsync(default);
        Assert.Equal(new HashSet<RunId> { first, second }, told.Select(each => each.RunId).ToHashSet());
        await EnqueueAsync(gpus: 1, owner: "ann");
        Time.Advance(TimeSpan.FromSeconds(2));

        // It hears all of it from the log: no run on one node slips in.
        await other.FinishAsync(first, 1, default);
        Assert.Null(await other.LeaseAsync(Gpu("a", 1), TimeSpan.Zero, default));
        await other.FinishAsync(second, 1, default);

        var polls = new[] { "a", "b" }.Select(node => other.LeaseAsync(Gpu(node, 1), LongPoll, default));
        var leases = await Task.WhenAll(polls).WaitAsync(Bound);
        Assert.All(leases, lease => Assert.Equal(urgent, lease!.RunId));
        Assert.Equal([1, 2], leases.Select(lease => lease!.Learner).Order());
    }

    // As an agent does.
    private static async Task<Lease> KeptAskingAsync(IDispatchQueue queue, string node, CancellationToken stop)
    {
        while (true)
        {
            if (await queue.LeaseAsync(Cpu(node), TimeSpan.FromSeconds(3), stop) is { } lease)
            {
                return lease;
            }
        }
    }

    private List<TableDispatchQueue> Instances(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => Open(TimeProvider.System))];
}
