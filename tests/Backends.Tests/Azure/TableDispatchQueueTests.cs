using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using Trainyard.Backends.Azure.Dispatch;
using Trainyard.Backends.Tests.Contracts;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Matching;
using Trainyard.Tests.Shared;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.Backends.Tests.OnAzure;

[Collection(AzureStorageTests.Name)]
public sealed partial class TableDispatchQueueTests(AzuriteServer server) : DispatchQueueContract
{
    private TableClient _table = null!;
    private TableDispatchQueue _queue = null!;

    protected override IDispatchQueue Queue => _queue;

    protected override ManualTime Time { get; } = new();

    public override async Task InitializeAsync()
    {
        _table = await new TestStorage(server).TableAsync();
        _queue = Open(Time);
    }

    [Fact]
    public async Task Nodes_of_many_instances_never_share_a_run()
    {
        var ids = new HashSet<RunId>();
        for (var i = 0; i < 12; i++)
        {
            ids.Add(await EnqueueAsync());
        }
        var instances = Enumerable.Range(0, 4).Select(_ => Open(Time)).ToList();

        var leases = await Task.WhenAll(
            Enumerable
                .Range(0, 16)
                .Select(i => Task.Run(() => instances[i % 4].LeaseAsync(Cpu($"node-{i}"), TimeSpan.Zero, default)))
        );

        Assert.Equal(ids.Order(RunIdOrder), leases.OfType<Lease>().Select(lease => lease.RunId).Order(RunIdOrder));
    }

    [Fact]
    public async Task A_node_hears_within_seconds_of_a_run_that_another_instance_enqueued()
    {
        var waiting = Open(TimeProvider.System);
        var other = Open(TimeProvider.System);
        var lease = waiting.LeaseAsync(Cpu("a"), TimeSpan.FromSeconds(30), default);

        var id = RunId.New();
        await other.EnqueueAsync(
            new DispatchEntry
            {
                RunId = id,
                Attempt = 1,
                Owner = Owner.Parse("jean"),
                Pool = "default",
                Needs = new RunNeeds { Gpus = 0 },
            },
            default
        );

        Assert.Equal(id, (await lease.WaitAsync(TimeSpan.FromSeconds(20)))!.RunId);
    }

    [Fact]
    public async Task Leases_and_queue_are_seen_by_every_instance()
    {
        var (_, key) = await LeasedAsync();
        var waiting = await EnqueueAsync();
        var other = Open(Time);

        await other.RenewAsync(key, LeaseDuration, default);

        Assert.Equal(waiting, (await other.LeaseAsync(Cpu("other"), TimeSpan.Zero, default))!.RunId);
    }

    [Fact]
    public async Task An_order_to_give_way_is_seen_by_every_instance_and_no_other_run_is_told()
    {
        var (_, firstKey) = await PreemptibleAsync("a");
        var (_, secondKey) = await PreemptibleAsync("b");
        var early = Open(Time);
        await early.TakeExpiredAsync(default);
        await EnqueueAsync(gpus: 1, priority: 1);
        var told = Assert.Single(await Queue.PreemptAsync(default));
        Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Empty(await early.PreemptAsync(default));
        Assert.Empty(await Open(Time).PreemptAsync(default));

        var orders = new[]
        {
            (await early.RenewAsync(firstKey, LeaseDuration, default)).Preemption,
            (await early.RenewAsync(secondKey, LeaseDuration, default)).Preemption,
        };
        Assert.Equal(told.Order, Assert.Single(orders, order => order is not null));
    }

    [Fact]
    public async Task Ends_and_nodes_are_forgotten_after_a_month()
    {
        var (_, key) = await LeasedAsync();
        await Queue.FinishAsync(key.RunId, 1, default);
        Time.Advance(TimeSpan.FromDays(31));

        await Queue.FinishAsync(RunId.New(), 1, default);

        var rows = new List<string>();
        await foreach (var row in _table.QueryAsync<TableEntity>("PartitionKey ge ''"))
        {
            rows.Add(row.PartitionKey.Split(':')[0] + " " + row.RowKey.Split(':')[0]);
        }
        // The log has the last change only.
        Assert.Equal(["log", "runs ended", "runs run", "usage"], rows.Select(Kind).Order());
    }

    [Fact]
    public async Task Pools_and_nodes_may_have_any_name()
    {
        var offer = Cpu("rack/1 #2?\\%") with { Pool = "gpu/8×A100?" };
        var entry = new DispatchEntry
        {
            RunId = RunId.New(),
            Attempt = 1,
            Owner = Owner.Parse("jean"),
            Pool = offer.Pool,
            Needs = new RunNeeds { Gpus = 0 },
        };
        await Queue.EnqueueAsync(entry, default);

        Assert.Equal(entry.RunId, (await LeaseAsync(offer))!.RunId);
        Assert.Null(await LeaseAsync(offer with { Holds = [new HeldLease(entry.RunId, 1)] }));
    }

    [Fact]
    public async Task If_one_node_is_retired_while_the_leases_are_written_no_node_gets_one()
    {
        await Task.WhenAll(LeaseAsync(Cpu("a")), LeaseAsync(Cpu("b")));
        var loads = new TablePoolLoad(_table, PoolOf(Time), Time);
        var retired = false;
        // The claim and each lease are written in a transaction, the claim first.
        var between = new InBetween(
            request => request.Uri.ToString().Contains("$batch"),
            async () => retired = await loads.RetireAsync("b", default)
        );
        var other = Open(Time, Through(between));
        var a = other.LeaseAsync(Cpu("a"), TimeSpan.FromSeconds(30), default);
        var b = other.LeaseAsync(Cpu("b"), TimeSpan.FromSeconds(30), default);
        var id = RunId.New();

        await other.EnqueueAsync(Gang(id), default);
        var c = other.LeaseAsync(Cpu("c"), TimeSpan.FromSeconds(30), default);

        var leases = await LeasedAsync([a, c], 2);
        Assert.True(retired);
        Assert.False(b.IsCompleted);
        Assert.All(leases, lease => Assert.Equal((id, 1, 2), (lease.RunId, lease.Attempt, lease.Learners)));
        Assert.Equal([1, 2], leases.Select(lease => lease.Learner).Order());
    }

    [Fact]
    public async Task Leases_that_a_process_wrote_only_half_before_it_died_reach_their_nodes()
    {
        await Task.WhenAll(LeaseAsync(Cpu("a")), LeaseAsync(Cpu("b")));
        var batches = 0;
        // Enqueue, then the claim; the leases beside the nodes and the way back are never written.
        var dying = new Dying(request => request.Uri.ToString().Contains("$batch") && ++batches > 2);
        var other = Open(Time, Through(dying));
        var id = RunId.New();
        var polls = Task.WhenAll(
            other.LeaseAsync(Cpu("a"), TimeSpan.FromSeconds(30), default),
            other.LeaseAsync(Cpu("b"), TimeSpan.FromSeconds(30), default)
        );
        await other.EnqueueAsync(Gang(id), default);
        await Eventually.Be("the process is dead", () => dying.Happened, TimeSpan.FromSeconds(20));

        var next = Open(Time);
        var leases = await LeasedAsync(
            [
                next.LeaseAsync(Cpu("a"), TimeSpan.FromSeconds(30), default),
                next.LeaseAsync(Cpu("b"), TimeSpan.FromSeconds(30), default),
            ],
            2
        );

        Assert.All(leases, lease => Assert.Equal((id, 1), (lease.RunId, lease.Attempt)));
        Assert.Equal([1, 2], leases.Select(lease => lease.Learner).Order());
        foreach (var lease in leases)
        {
            await next.RenewAsync(KeyOf(lease), LeaseDuration, default);
        }
        Assert.False(polls.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Leases_of_several_nodes_are_seen_by_every_instance()
    {
        var (id, leases) = await LeasedGangAsync(2);
        var other = Open(Time);

        Assert.Equal(2, (await other.RenewAsync(KeyOf(leases[1]), LeaseDuration, default)).Learner);
        await other.FinishAsync(id, 1, learner: 2, default);

        Assert.Equal(1, (await Queue.RenewAsync(KeyOf(leases[0]), LeaseDuration, default)).Learner);
        await Assert.ThrowsAsync<LeaseLostException>(() => Queue.RenewAsync(KeyOf(leases[1]), null, default));
    }

    private static DispatchEntry Gang(RunId id, int nodes = 2) =>
        new()
        {
            RunId = id,
            Attempt = 1,
            Owner = Owner.Parse("jean"),
            Pool = "default",
            Needs = new RunNeeds { Gpus = 0 },
            Nodes = nodes,
        };

    private TableClient Through(HttpPipelinePolicy policy)
    {
        var options = new TableClientOptions();
        options.AddPolicy(policy, HttpPipelinePosition.PerCall);
        options.Retry.MaxRetries = 0;
        return new TableClient(server.ConnectionString, _table.Name, options);
    }

    private static string Kind(string row) => row[..3] is "log" or "usa" ? row.Split(' ')[0] : row;

    private static Comparer<RunId> RunIdOrder { get; } =
        Comparer<RunId>.Create((a, b) => string.CompareOrdinal(a.ToString(), b.ToString()));

    private TableDispatchQueue Open(TimeProvider time) => Open(time, _table);

    private static TableDispatchQueue Open(TimeProvider time, TableClient table) =>
        new(new TablePool(table, time, new PoolOptions()), time, Options.Create(new PoolOptions()));

    private TablePool PoolOf(TimeProvider time) => new(_table, time, new PoolOptions());

    /// <summary>A process that dies at a request: neither that nor any later one is sent.</summary>
    private sealed class Dying(Func<Request, bool> atRequest) : HttpPipelinePolicy
    {
        public bool Happened { get; private set; }

        public override ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            Happened |= atRequest(message.Request);
            return Happened ? throw new IOException("killed") : ProcessNextAsync(message, pipeline);
        }

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
            throw new NotSupportedException();
    }
}
