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
public sealed class ScalingStory(AzuriteServer server) : IAsyncLifetime
{
    private const string Node = "default-000000-0a1b2c3d";

    private readonly ManualTime time = new();
    private readonly PoolOptions pool = new();
    private TableClient table = null!;
    private TableDispatchQueue queue = null!;
    private FakeScaleSet azure = null!;
    private PoolScaling scaling = null!;

    public async Task InitializeAsync()
    {
        table = await new TestStorage(server).TableAsync();
        queue = new TableDispatchQueue(table, time, Options.Create(pool));
        azure = await FakeScaleSet.StartAsync();
        azure.Time = time;
        scaling = new PoolScaling(
            azure.Scaler(time),
            new TablePoolLoad(table, time),
            new ScalingOptions { Maximum = 2 },
            pool,
            time
        );
    }

    public async Task DisposeAsync()
    {
        queue.Dispose();
        await azure.DisposeAsync();
    }

    [Fact]
    public async Task A_machine_comes_for_a_run_and_goes_when_it_was_idle_for_long()
    {
        await MinuteAsync();
        Assert.Empty(azure.Machines);

        var run = await EnqueueAsync();
        await MinuteAsync();
        Assert.Equal("Creating", FakeScaleSet.StateOf(Assert.Single(azure.Machines)));
        await MinuteAsync();
        Assert.Single(azure.Machines);

        azure.Settle();
        var lease = await AskAsync();
        Assert.Equal(run, lease!.RunId);
        await queue.FinishAsync(run, 1, default);
        await MinuteAsync();
        Assert.Equal("Succeeded", FakeScaleSet.StateOf(Assert.Single(azure.Machines)));

        time.Advance(TimeSpan.FromMinutes(15));
        await AskAsync();
        await MinuteAsync();
        Assert.Equal("Deleting", FakeScaleSet.StateOf(Assert.Single(azure.Machines)));

        await EnqueueAsync();
        Assert.Null(await AskAsync());
        azure.Settle();
        await MinuteAsync();
        Assert.Equal("1", (string)Assert.Single(azure.Machines)["instanceId"]!);
    }

    [Fact]
    public async Task A_removal_that_was_cut_short_is_carried_out_by_the_next_minute()
    {
        azure.Add();
        await AskAsync();
        time.Advance(TimeSpan.FromMinutes(16));
        await AskAsync();
        var plan = await scaling.PlanAsync(default);
        azure.Failures.Enqueue(409);

        await Assert.ThrowsAsync<global::Azure.RequestFailedException>(() => scaling.RemoveAsync(plan!, default));
        Assert.Equal("Succeeded", FakeScaleSet.StateOf(Assert.Single(azure.Machines)));
        await MinuteAsync();

        Assert.Equal("Deleting", FakeScaleSet.StateOf(Assert.Single(azure.Machines)));
    }

    private async Task MinuteAsync()
    {
        time.Advance(TimeSpan.FromMinutes(1));
        var plan = (await scaling.PlanAsync(default))!;
        await scaling.GrowAsync(plan, default);
        await scaling.RemoveAsync(plan, default);
    }

    private async Task<RunId> EnqueueAsync()
    {
        var entry = new DispatchEntry
        {
            RunId = RunId.New(),
            Attempt = 1,
            Owner = Owner.Parse("jean"),
            Pool = pool.Name,
            Needs = new RunNeeds { Gpus = 1 },
        };
        await queue.EnqueueAsync(entry, default);
        return entry.RunId;
    }

    private Task<Lease?> AskAsync() =>
        queue.LeaseAsync(
            new NodeOffer
            {
                Node = Node,
                Pool = pool.Name,
                Gpus = 1,
                Slots = 1,
                FreeSlots = 1,
            },
            TimeSpan.Zero,
            default
        );
}
