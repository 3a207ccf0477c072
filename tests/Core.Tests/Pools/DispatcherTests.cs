using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Matching;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Core.Tests.Pools;

public sealed class DispatcherTests
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(30);

    private readonly Dispatcher _dispatcher = new(
        TimeProvider.System,
        new SchedulingOptions(),
        TimeSpan.FromSeconds(10)
    );

    [Theory]
    [InlineData(typeof(OperationCanceledException))]
    [InlineData(typeof(IOException))]
    public async Task A_run_that_was_taken_and_not_given_waits_again(Type failure)
    {
        var run = Run();
        _dispatcher.Enqueued("default", run);

        await Assert.ThrowsAsync(
            failure,
            () => AskAsync("a", (PlacementDecision _) => throw (Exception)Activator.CreateInstance(failure)!)
        );

        Assert.Equal(1, _dispatcher.Read("default", (pool, _) => pool.WaitingCount));
        Assert.Equal(run.RunId, (await AskAsync("a", Given))?.RunId);
    }

    [Fact]
    public async Task A_node_that_waits_gets_the_run_that_another_did_not_take()
    {
        var run = Run();
        var refused = new TaskCompletionSource();
        var broken = AskAsync(
            "a",
            async (PlacementDecision _) =>
            {
                await refused.Task;
                throw new OperationCanceledException();
            }
        );
        _dispatcher.Enqueued("default", run);
        var waiting = AskAsync("b", Given);

        refused.SetResult();

        await Assert.ThrowsAsync<OperationCanceledException>(() => broken);
        Assert.Equal(run.RunId, (await waiting)?.RunId);
    }

    [Fact]
    public async Task A_run_for_two_nodes_is_given_to_both_or_to_none()
    {
        var alone = AskAsync("a", Given, wait: TimeSpan.FromMilliseconds(50));
        var run = Run() with { Nodes = 2 };
        _dispatcher.Enqueued("default", run);

        Assert.Null(await alone);
        var leases = await Task.WhenAll(AskAsync("a", Given), AskAsync("b", Given));

        Assert.Equal([1, 2], leases.Select(lease => lease!.Learner).Order());
        Assert.Equal(0, _dispatcher.Read("default", (pool, _) => pool.WaitingCount));
    }

    [Fact]
    public async Task A_run_is_leased_once_for_all_of_its_nodes()
    {
        var calls = 0;
        Task<IReadOnlyList<Lease>?> Count(PlacementDecision decision)
        {
            Interlocked.Increment(ref calls);
            return Given(decision);
        }
        var asked = Enumerable.Range(0, 64).Select(i => AskAsync($"node-{i}", Count)).ToList();

        _dispatcher.Enqueued("default", Run() with { Nodes = 64 });
        var leases = await Task.WhenAll(asked);

        Assert.Equal(1, calls);
        Assert.Equal(Enumerable.Range(1, 64), leases.Select(lease => lease!.Learner).Order());
    }

    [Fact]
    public async Task A_node_that_hangs_up_before_the_leases_are_taken_gives_the_run_back_for_all()
    {
        using var hangUp = new CancellationTokenSource();
        var gone = AskAsync("a", Given, cancellationToken: hangUp.Token);
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        var run = Run() with { Nodes = 2 };
        _dispatcher.Enqueued("default", run);
        var waiting = AskAsync("b", Given);

        Assert.False(waiting.IsCompleted);
        Assert.Equal(1, _dispatcher.Read("default", (pool, _) => pool.WaitingCount));
        Assert.Equal(run.RunId, (await AskAsync("c", Given))?.RunId);
        Assert.Equal(run.RunId, (await waiting)?.RunId);
    }

    [Fact]
    public async Task A_node_that_asks_anew_while_the_leases_are_taken_is_no_longer_the_latest()
    {
        var taking = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        var areLatest = new List<bool>();
        var first = true;
        async Task<IReadOnlyList<Lease>?> Slow(PlacementDecision decision, Func<bool> isLatest)
        {
            if (!first)
            {
                return await Given(decision);
            }
            first = false;
            taking.SetResult();
            await go.Task;
            areLatest.Add(isLatest());
            _dispatcher.Enqueued("default", decision.Run);
            return null;
        }
        var a = AskAsync("a", Slow);
        var b = AskAsync("b", Slow);
        _dispatcher.Enqueued("default", Run() with { Nodes = 2 });
        await taking.Task;

        var again = AskAsync("b", Slow);
        go.SetResult();
        var leases = await Task.WhenAll(a, b, again);

        Assert.Equal([false], areLatest);
        Assert.Equal([true, false, true], leases.Select(lease => lease is not null));
    }

    [Fact]
    public async Task A_failure_to_lease_lets_the_other_nodes_wait_and_take_another_run()
    {
        var a = AskAsync("a", (PlacementDecision _) => throw new IOException());
        var b = AskAsync("b", (PlacementDecision _) => throw new IOException());
        _dispatcher.Enqueued("default", Run() with { Nodes = 2 });

        await Assert.ThrowsAsync<IOException>(() => Task.WhenAny(a, b).Unwrap());
        Assert.Equal(1, _dispatcher.Read("default", (pool, _) => pool.WaitingCount));
        Assert.NotEqual(a.IsCompleted, b.IsCompleted);
    }

    [Fact]
    public async Task A_node_that_is_refused_is_not_tried_again_and_another_takes_its_place()
    {
        var tried = new List<string>();
        Task<IReadOnlyList<Lease>?> Refusing(PlacementDecision decision)
        {
            lock (tried)
            {
                tried.AddRange(decision.Nodes);
            }
            if (!decision.Nodes.Contains("retired"))
            {
                return Given(decision);
            }
            _dispatcher.Refuse("retired");
            _dispatcher.Enqueued("default", decision.Run);
            return Task.FromResult<IReadOnlyList<Lease>?>(null);
        }
        var retired = AskAsync("retired", Refusing, wait: TimeSpan.FromSeconds(1));
        var a = AskAsync("a", Refusing);
        _dispatcher.Enqueued("default", Run() with { Nodes = 2 });
        var b = AskAsync("b", Refusing);

        Assert.NotNull(await a);
        Assert.NotNull(await b);
        Assert.Null(await retired);
        Assert.Single(tried, "retired");
    }

    [Fact]
    public async Task Nodes_that_wait_elsewhere_join_a_node_that_waits_here_for_a_run_on_several()
    {
        var given = new List<string>();
        Task<IReadOnlyList<Lease>?> Note(PlacementDecision decision)
        {
            given.AddRange(decision.Nodes);
            return Given(decision);
        }
        SeeElsewhere("b", "c");
        var run = Run() with { Nodes = 3 };
        _dispatcher.Enqueued("default", run);
        var a = AskAsync("a", Note);

        Assert.False(a.IsCompleted);
        _dispatcher.SetElsewhere([Offer("b"), Offer("c"), Offer("unknown")]);

        Assert.Equal((run.RunId, 3), ((await a)!.RunId, (await a)!.Learners));
        Assert.Equal(["a", "b", "c"], given.Order());
    }

    [Fact]
    public async Task Nodes_that_wait_elsewhere_get_no_run_without_a_node_that_waits_here_and_none_on_one_node()
    {
        SeeElsewhere("b", "c");
        _dispatcher.SetElsewhere([Offer("b"), Offer("c")]);
        var gang = Run() with { Nodes = 2 };
        _dispatcher.Enqueued("default", gang);
        var single = Run();
        _dispatcher.Enqueued("default", single);

        Assert.Equal(2, _dispatcher.Read("default", (pool, _) => pool.WaitingCount));

        // They wait no more.
        _dispatcher.SetElsewhere([]);
        Assert.Equal(single.RunId, (await AskAsync("a", Given))?.RunId);
        Assert.Equal(1, _dispatcher.Read("default", (pool, _) => pool.WaitingCount));
    }

    private void SeeElsewhere(params string[] nodes) =>
        _dispatcher.Load(
            "default",
            (pool, now) =>
            {
                foreach (var node in nodes)
                {
                    pool.See(NodeOffers.Sighting(Offer(node), now));
                }
            }
        );

    private static NodeOffer Offer(string node) =>
        new()
        {
            Node = node,
            Pool = "default",
            Gpus = 0,
            Slots = 1,
            FreeSlots = 1,
        };

    private static QueuedRun Run() =>
        new()
        {
            RunId = RunId.New(),
            Owner = "ann",
            Age = 1,
            Needs = new RunNeeds(),
            QueuedAt = DateTimeOffset.UtcNow,
        };

    private static Task<IReadOnlyList<Lease>?> Given(PlacementDecision decision) =>
        Task.FromResult<IReadOnlyList<Lease>?>([
            .. decision.Nodes.Select(
                (_, i) =>
                    new Lease
                    {
                        RunId = decision.Run.RunId,
                        Attempt = 1,
                        Learner = i + 1,
                        Learners = decision.Nodes.Count,
                        Token = "token",
                        Slots = 1,
                        ExpiresAt = DateTimeOffset.UtcNow,
                    }
            ),
        ]);

    private Task<Lease?> AskAsync(
        string node,
        Func<PlacementDecision, Task<IReadOnlyList<Lease>?>> give,
        TimeSpan? wait = null,
        CancellationToken cancellationToken = default
    ) => AskAsync(node, (decision, _) => give(decision), wait, cancellationToken);

    private Task<Lease?> AskAsync(
        string node,
        Func<PlacementDecision, Func<bool>, Task<IReadOnlyList<Lease>?>> give,
        TimeSpan? wait = null,
        CancellationToken cancellationToken = default
    ) => _dispatcher.WaitAsync(Offer(node), wait ?? Wait, new Leases(give), cancellationToken);

    private sealed class Leases(Func<PlacementDecision, Func<bool>, Task<IReadOnlyList<Lease>?>> give) : INodeLeases
    {
        public Task<NodeOpening> OpenAsync(NodeOffer offer, Func<bool> isLatest, CancellationToken cancellationToken) =>
            Task.FromResult(new NodeOpening(Again: null, MayTake: true));

        public Task<IReadOnlyList<Lease>?> GiveAsync(
            PlacementDecision decision,
            IReadOnlyList<NodeOffer> offers,
            Func<bool> areLatest,
            CancellationToken cancellationToken
        ) => give(decision, areLatest);
    }
}
