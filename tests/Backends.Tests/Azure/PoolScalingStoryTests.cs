using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using Trainyard.Backends.Azure.Dispatch;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Matching;
using Trainyard.Core.Pools.Scaling;
using Trainyard.Tests.Shared;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.Backends.Tests.OnAzure;

/// <summary>Queue, plan and scale set together, minute by minute.</summary>
[Collection(AzureStorageTests.Name)]
[Trait("Category", "AzureFlavour")]
public sealed class PoolScalingStoryTests(AzuriteServer server) : IAsyncLifetime
{
    private const string Node = "default-000000-0a1b2c3d";

    private readonly ManualTime _time = new();
    private readonly PoolOptions _pool = new();
    private TableClient _table = null!;
    private TableDispatchQueue _queue = null!;
    private FakeScaleSet _azure = null!;
    private PoolScaling _scaling = null!;

    public async Task InitializeAsync()
    {
        _table = await new TestStorage(server).TableAsync();
        _queue = new TableDispatchQueue(_table, _time, Options.Create(_pool));
        _azure = await FakeScaleSet.StartAsync();
        _azure.Time = _time;
        _scaling = new PoolScaling(
            _azure.Scaler(_time),
            new TablePoolLoad(_table, _time),
            new ScalingOptions { Maximum = 2 },
            _pool,
            _time
        );
    }

    public async Task DisposeAsync()
    {
        _queue.Dispose();
        await _azure.DisposeAsync();
    }

    [Fact]
    public async Task A_machine_comes_for_a_run_and_goes_when_it_was_idle_for_long()
    {
        await MinuteAsync();
        Assert.Empty(_azure.Machines);

        var run = await EnqueueAsync();
        await MinuteAsync();
        Assert.Equal("Creating", FakeScaleSet.StateOf(Assert.Single(_azure.Machines)));
        await MinuteAsync();
        Assert.Single(_azure.Machines);

        _azure.Settle();
        var lease = await AskAsync();
        Assert.Equal(run, lease!.RunId);
        await _queue.FinishAsync(run, 1, default);
        await MinuteAsync();
        Assert.Equal("Succeeded", FakeScaleSet.StateOf(Assert.Single(_azure.Machines)));

        _time.Advance(TimeSpan.FromMinutes(15));
        await AskAsync();
        await MinuteAsync();
        Assert.Equal("Deleting", FakeScaleSet.StateOf(Assert.Single(_azure.Machines)));

        await EnqueueAsync();
        Assert.Null(await AskAsync());
        _azure.Settle();
        await MinuteAsync();
        Assert.Equal("1", (string)Assert.Single(_azure.Machines)["instanceId"]!);
    }

    [Fact]
    public async Task A_removal_that_was_cut_short_is_carried_out_by_the_next_minute()
    {
        _azure.Add();
        await AskAsync();
        _time.Advance(TimeSpan.FromMinutes(16));
        await AskAsync();
        var plan = await _scaling.PlanAsync(default);
        _azure.Failures.Enqueue(409);

        await Assert.ThrowsAsync<global::Azure.RequestFailedException>(() => _scaling.RemoveAsync(plan!, default));
        Assert.Equal("Succeeded", FakeScaleSet.StateOf(Assert.Single(_azure.Machines)));
        await MinuteAsync();

        Assert.Equal("Deleting", FakeScaleSet.StateOf(Assert.Single(_azure.Machines)));
    }

    private async Task MinuteAsync()
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        var plan = (await _scaling.PlanAsync(default))!;
        await _scaling.GrowAsync(plan, default);
        await _scaling.RemoveAsync(plan, default);
    }

    private async Task<RunId> EnqueueAsync()
    {
        var entry = new DispatchEntry
        {
            RunId = RunId.New(),
            Attempt = 1,
            Owner = Owner.Parse("jean"),
            Pool = _pool.Name,
            Needs = new RunNeeds { Gpus = 1 },
        };
        await _queue.EnqueueAsync(entry, default);
        return entry.RunId;
    }

    private Task<Lease?> AskAsync() =>
        _queue.LeaseAsync(
            new NodeOffer
            {
                Node = Node,
                Pool = _pool.Name,
                Gpus = 1,
                Slots = 1,
                FreeSlots = 1,
            },
            TimeSpan.Zero,
            default
        );
}
