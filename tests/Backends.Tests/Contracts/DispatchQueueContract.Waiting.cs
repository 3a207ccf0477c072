using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;

namespace Trainyard.Backends.Tests.Contracts;

/// <content>Nodes that wait for a run.</content>
public abstract partial class DispatchQueueContract
{
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
    public async Task A_node_that_hangs_up_while_it_is_given_a_run_costs_nobody_the_run()
    {
        for (var i = 0; i < 30; i++)
        {
            using var cancel = new CancellationTokenSource();
            var broken = Queue.LeaseAsync(Cpu("a"), TimeSpan.FromSeconds(30), cancel.Token);
            var enqueued = EnqueueAsync();
            var hungUp = Task.Run(async () =>
            {
                Thread.SpinWait(i * 2_000);
                await cancel.CancelAsync();
            });
            await Task.WhenAll(enqueued, hungUp, broken.ContinueWith(_ => { }, TaskScheduler.Default));

            // Given the moment before, it is given once more: the node does not say that it holds it.
            var id = await enqueued;
            Assert.Equal(id, (await LeaseAsync(Cpu("a")))?.RunId);
            await Queue.FinishAsync(id, 1, default);
        }
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
        {
            ids.Add(await EnqueueAsync());
        }

        var leases = await Task.WhenAll(
            Enumerable.Range(0, 30).Select(i => Task.Run(() => LeaseAsync(Cpu($"node-{i}"))))
        );

        var leased = leases.OfType<Lease>().Select(lease => lease.RunId).ToList();
        Assert.Equal(20, leased.Count);
        Assert.Equal(ids, leased.ToHashSet());
    }
}
