using Trainyard.Backends.Dispatch;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Matching;
using Trainyard.Core.Runs;
using Trainyard.Manifests.Frameworks;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Tests.Embedded;

/// <summary>How many runs may wait.</summary>
public sealed class WaitingLimitTests : IDisposable
{
    private static readonly Owner Ann = Owner.Parse("ann");
    private static readonly Owner Bob = Owner.Parse("bob");

    private readonly EmbeddedHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task An_owner_with_as_many_waiting_runs_as_may_submits_no_more_until_one_begins()
    {
        var placement = Placement(new PoolOptions { OwnerWaiting = 2 });
        await EnqueueAsync(Ann);
        Assert.Empty(await placement.WaitingProblemsAsync(Ann, manifest: null, default));
        await EnqueueAsync(Ann);

        var problem = Assert.Single(await placement.WaitingProblemsAsync(Ann, manifest: null, default));

        Assert.Equal("too_many_waiting", problem.Code);
        Assert.StartsWith("2 of your runs wait for a node, and 2 may.", problem.Message);
        Assert.Empty(await placement.WaitingProblemsAsync(Bob, manifest: null, default));
        Assert.NotNull(await LeaseAsync("a"));
        Assert.Empty(await placement.WaitingProblemsAsync(Ann, manifest: null, default));
    }

    [Theory]
    [InlineData(3, 0, 2, null)]
    [InlineData(3, 0, 3, "1 of your runs wait for a node, the array has 3, and 3 may.")]
    [InlineData(0, 3, 3, "1 runs of the pool wait for a node, the array has 3, and 3 may.")]
    [InlineData(0, 4, 3, null)]
    public async Task Each_run_of_an_array_counts(int ownerWaiting, int poolWaiting, int runs, string? words)
    {
        var placement = Placement(new PoolOptions { OwnerWaiting = ownerWaiting, PoolWaiting = poolWaiting });
        await EnqueueAsync(Ann);
        var values = Enumerable.Range(0, runs).Select(i => $"{i}").ToList();
        var array = SampleRuns.Manifest with
        {
            Array = new() { Variables = new Dictionary<string, IReadOnlyList<string>> { ["N"] = values } },
        };

        var problems = await placement.WaitingProblemsAsync(Ann, array, default);

        Assert.Equal(
            words,
            problems.Select(problem => problem.Message[..(problem.Message.IndexOf('.') + 1)]).FirstOrDefault()
        );
    }

    [Fact]
    public async Task A_pool_with_as_many_waiting_runs_as_may_takes_none_of_anybody()
    {
        var placement = Placement(new PoolOptions { PoolWaiting = 1 });
        await EnqueueAsync(Ann);

        Assert.Equal(
            "too_many_waiting",
            Assert.Single(await placement.WaitingProblemsAsync(Bob, manifest: null, default)).Code
        );
    }

    [Fact]
    public async Task What_an_owner_used_outlives_the_service()
    {
        await EnqueueAsync(Ann);
        var lease = (await LeaseAsync("a"))!;
        _home.Time.Advance(TimeSpan.FromHours(1));
        await _home.Queue.FinishAsync(lease.RunId, 1, default);
        var used = Usage(Ann);

        _home.Reopen();

        Assert.InRange(used, 3580, 3600);
        Assert.InRange(Usage(Ann), used - 1, used + 1);
        await EnqueueAsync(Ann);
        var first = await EnqueueAsync(Bob);
        Assert.Equal(first, (await LeaseAsync("a"))!.RunId);
    }

    private double Usage(Owner owner) =>
        _home.Nodes.Dispatcher.Read("default", (scheduler, now) => scheduler.UsageOf(owner.ToString(), now));

    private Task<Lease?> LeaseAsync(string node) =>
        _home.Queue.LeaseAsync(
            new()
            {
                Node = node,
                Pool = "default",
                Gpus = 1,
                Slots = 1,
                FreeSlots = 1,
            },
            TimeSpan.Zero,
            default
        );

    private Placement Placement(PoolOptions options) =>
        new(new SqlitePoolLoad(_home.Nodes, _home.Time), FrameworkCatalog.Default, options, _home.Time);

    private async Task<RunId> EnqueueAsync(Owner owner)
    {
        var id = RunId.New();
        await _home.Queue.EnqueueAsync(
            new DispatchEntry
            {
                RunId = id,
                Attempt = 1,
                Owner = owner,
                Pool = "default",
                Needs = new RunNeeds { Gpus = 1 },
            },
            default
        );
        return id;
    }
}
