using Azure.Core;
using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using Trainyard.Backends.Azure.Dispatch;
using Trainyard.Backends.Tests.Contracts;
using Trainyard.Core.Pools;
using Trainyard.Tests.Shared;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.Backends.Tests.OnAzure;

[Collection(AzureStorageTests.Name)]
public sealed class TablePoolLoadTests(AzuriteServer server) : PoolLoadContract
{
    private TableClient _table = null!;
    private TablePool _pool = null!;
    private TableDispatchQueue _queue = null!;

    protected override IDispatchQueue Queue => _queue;

    protected override IPoolLoad Loads => new TablePoolLoad(_table, _pool, Time);

    protected override INodeRegistry Registry => new TableNodeRegistry(_pool, Time);

    protected override ManualTime Time { get; } = new();

    public override async Task InitializeAsync()
    {
        _table = await new TestStorage(server).TableAsync();
        _pool = new TablePool(_table, Time, new PoolOptions());
        _queue = Open(_pool);
    }

    [Fact]
    public async Task Nodes_of_many_instances_that_are_retired_at_once_get_no_run()
    {
        var instances = Enumerable.Range(0, 4).Select(_ => Open()).ToList();
        for (var i = 0; i < 12; i++)
        {
            await LeaseAsync(Offer($"node-{i}"));
            await EnqueueAsync();
        }

        var leases = Enumerable
            .Range(0, 12)
            .Select(i => Task.Run(() => instances[i % 4].LeaseAsync(Offer($"node-{i}"), TimeSpan.Zero, default)))
            .ToList();
        var retired = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(i => Task.Run(() => Loads.RetireAsync($"node-{i}", default)))
        );
        var given = await Task.WhenAll(leases);

        Assert.All(Enumerable.Range(0, 12), i => Assert.False(retired[i] && given[i] is not null));
    }

    [Fact]
    public async Task A_lease_that_was_decided_before_a_retirement_is_not_given()
    {
        await LeaseAsync(Offer("a"));
        await EnqueueAsync();
        var retired = false;
        // A lease is given in a transaction.
        var between = new InBetween(
            request => request.Uri.ToString().Contains("$batch"),
            async () => retired = await Loads.RetireAsync("a", default)
        );
        var other = Open(new TablePool(Through(between), Time, new PoolOptions()));

        Assert.Null(await other.LeaseAsync(Offer("a"), TimeSpan.Zero, default));
        Assert.True(retired);
    }

    [Fact]
    public async Task A_retirement_that_was_decided_before_a_lease_does_not_happen()
    {
        await LeaseAsync(Offer("a"));
        await EnqueueAsync();
        Lease? lease = null;
        // A retirement changes the one row.
        var between = new InBetween(
            request => request.Method == RequestMethod.Patch,
            async () => lease = await LeaseAsync(Offer("a"))
        );

        Assert.False(
            await new TablePoolLoad(_table, new TablePool(Through(between), Time, new PoolOptions()), Time).RetireAsync(
                "a",
                default
            )
        );
        Assert.NotNull(lease);
    }

    [Fact]
    public async Task What_one_instance_knows_of_a_node_does_not_undo_a_retirement()
    {
        var other = Open();
        await LeaseAsync(Offer("a"));
        await other.LeaseAsync(Offer("a"), TimeSpan.Zero, default);
        await Loads.RetireAsync("a", default);

        Time.Advance(TimeSpan.FromMinutes(1));
        await LeaseAsync(Offer("a"));
        await other.LeaseAsync(Offer("a") with { Slots = 1, FreeSlots = 1 }, TimeSpan.Zero, default);

        Assert.True((await NodeAsync()).IsRetired);
    }

    [Fact]
    public async Task What_one_instance_drains_gets_no_run_of_another_one_at_whose_door_it_waits()
    {
        var elsewhere = new TablePool(_table, Time, new PoolOptions());
        var waiting = Open(elsewhere).LeaseAsync(Offer("a"), TimeSpan.FromSeconds(30), default);
        await Eventually.Be(
            "the node is seen",
            async () => await Registry.DrainAsync("a", isDrained: true, default),
            Patience
        );
        await Open(elsewhere).EnqueueAsync(Entry(), default);

        while (!waiting.IsCompleted)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Null(await waiting);
        Assert.Null(await Open().LeaseAsync(Offer("a"), TimeSpan.Zero, default));
    }

    [Fact]
    public async Task A_node_that_never_asked_since_nodes_were_spread_is_drained_and_removed_too()
    {
        await LeaseAsync(Offer("a"));
        var row = await _table.QueryAsync<TableEntity>(each => each.RowKey.CompareTo("node:") > 0).FirstAsync();
        var old = new TableEntity("queue", row.RowKey);
        foreach (
            var (name, value) in row.Where(each => each.Key is not ("odata.etag" or "Timestamp" or "PartitionKey"))
        )
        {
            old[name] = value;
        }
        await _table.AddEntityAsync(old);
        await _table.DeleteEntityAsync(row.PartitionKey, row.RowKey);
        Time.Advance(TimeSpan.FromMinutes(5));

        Assert.True(await Registry.DrainAsync("a", isDrained: true, default));
        Assert.Null(await Open().LeaseAsync(Offer("a"), TimeSpan.Zero, default));
        Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(NodeRemoval.Removed, await Registry.RemoveAsync("a", Time.GetUtcNow().AddMinutes(-2), default));
        Assert.Empty(
            await new TableNodeRegistry(new TablePool(_table, Time, new PoolOptions()), Time).ListAsync(default)
        );
    }

    [Fact]
    public async Task A_node_of_before_there_was_an_idle_time_is_read()
    {
        await LeaseAsync(Offer("a"));
        var row = await _table.QueryAsync<TableEntity>(each => each.RowKey.CompareTo("node:") > 0).FirstAsync();
        row.Remove("BusyAt");
        await _table.UpdateEntityAsync(row, row.ETag, TableUpdateMode.Replace);
        Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(DateTimeOffset.MinValue, (await NodeAsync()).IdleSince);
    }

    private TableClient Through(InBetween policy)
    {
        var options = new TableClientOptions();
        options.AddPolicy(policy, HttpPipelinePosition.PerCall);
        return new TableClient(server.ConnectionString, _table.Name, options);
    }

    private TableDispatchQueue Open() => Open(new TablePool(_table, Time, new PoolOptions()));

    private TableDispatchQueue Open(TablePool pool) => new(pool, Time, Options.Create(new PoolOptions()));
}
