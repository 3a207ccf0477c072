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
            () => AskAsync("a", _ => throw (Exception)Activator.CreateInstance(failure)!)
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
            async _ =>
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

    private static QueuedRun Run() =>
        new()
        {
            RunId = RunId.New(),
            Owner = "ann",
            Age = 1,
            Needs = new RunNeeds(),
            QueuedAt = DateTimeOffset.UtcNow,
        };

    private static Task<Lease?> Given(PlacementDecision decision) =>
        Task.FromResult<Lease?>(
            new Lease
            {
                RunId = decision.Run.RunId,
                Attempt = 1,
                Token = "token",
                Slots = 1,
                ExpiresAt = DateTimeOffset.UtcNow,
            }
        );

    private Task<Lease?> AskAsync(string node, Func<PlacementDecision, Task<Lease?>> give) =>
        _dispatcher.WaitAsync(
            new NodeOffer
            {
                Node = node,
                Pool = "default",
                Gpus = 0,
                Slots = 1,
                FreeSlots = 1,
            },
            Wait,
            new Leases(give),
            CancellationToken.None
        );

    private sealed class Leases(Func<PlacementDecision, Task<Lease?>> give) : INodeLeases
    {
        public Task<NodeOpening> OpenAsync(NodeOffer offer, Func<bool> isLatest, CancellationToken cancellationToken) =>
            Task.FromResult(new NodeOpening(Again: null, MayTake: true));

        public Task<Lease?> GiveAsync(
            PlacementDecision decision,
            NodeOffer offer,
            Func<bool> isLatest,
            CancellationToken cancellationToken
        ) => give(decision);
    }
}
