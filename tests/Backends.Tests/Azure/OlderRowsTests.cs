using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using Trainyard.Backends.Azure.Dispatch;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Scheduling;
using Trainyard.Tests.Shared;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.Backends.Tests.OnAzure;

/// <summary>
/// A queue as the version wrote it that had all in one partition, with a row that counted and short rows by which attempts were
/// found: its runs wait on, run on and end, its nodes keep what was said of them.
/// </summary>
[Collection(AzureStorageTests.Name)]
public sealed class OlderRowsTests(AzuriteServer server) : IAsyncLifetime
{
    private const string Partition = "queue";
    private const string Token = "the token of before";

    private readonly ManualTime _time = new();
    private TableClient _table = null!;
    private TablePool _pool = null!;
    private TableDispatchQueue _queue = null!;

    public async Task InitializeAsync()
    {
        _table = await new TestStorage(server).TableAsync();
        await _table.AddEntityAsync(new TableEntity(Partition, "counter") { ["Next"] = 9L });
        _pool = new TablePool(_table, _time, new PoolOptions());
        _queue = new TableDispatchQueue(_pool, _time, Options.Create(new PoolOptions()));
    }

    public Task DisposeAsync()
    {
        _pool.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task What_waited_is_leased_in_its_order_and_once()
    {
        var second = await QueuedAsync(sequence: 2);
        var first = await QueuedAsync(sequence: 1);
        var urgent = await QueuedAsync(sequence: 3, priority: 1);
        var large = await QueuedAsync(sequence: 4, gpus: 8);

        var leased = new List<RunId>();
        while (await LeaseAsync($"node-{leased.Count}") is { } lease)
        {
            leased.Add(lease.RunId);
        }

        Assert.Equal([urgent, first, second], leased);
        var standing = await StandingAsync(large);
        Assert.Equal((0, "ann", 8), (standing!.Ahead, standing.Run.Owner, standing.Run.Needs.Gpus));
    }

    [Fact]
    public async Task A_later_attempt_takes_the_place_of_one_that_waited_and_a_cancel_takes_it_out()
    {
        var retried = await QueuedAsync(sequence: 1);
        var canceled = await QueuedAsync(sequence: 2);
        await _queue.EnqueueAsync(Entry(retried, attempt: 2), default);

        Assert.Equal(CancelOutcome.Removed, await _queue.CancelAsync(canceled, 1, default));

        var lease = await LeaseAsync("node");
        Assert.Equal((retried, 2), (lease!.RunId, lease.Attempt));
        Assert.Null(await LeaseAsync("other"));
        await _queue.FinishAsync(retried, 2, default);
        Assert.DoesNotContain(await RowKeysAsync(), key => key.StartsWith("queued:") || key.StartsWith("leased:"));
    }

    [Fact]
    public async Task What_ran_is_renewed_under_its_token_and_given_to_nobody_else()
    {
        await NodeAsync("old");
        var id = await LeasedAsync("old");

        Assert.Null(await LeaseAsync("other"));
        var status = await _queue.RenewAsync(new LeaseKey(id, 1, Token), TimeSpan.FromMinutes(1), default);
        Assert.Equal("old", status.Node);
        Assert.False(await new TablePoolLoad(_table, _pool, _time).RetireAsync("old", default));
        Assert.Equal(
            NodeRemoval.HoldsRuns,
            await new TableNodeRegistry(_pool, _time).RemoveAsync("old", _time.GetUtcNow(), default)
        );

        await _queue.FinishAsync(id, 1, default);

        await Assert.ThrowsAsync<LeaseLostException>(() =>
            _queue.RenewAsync(new LeaseKey(id, 1, Token), TimeSpan.FromMinutes(1), default)
        );
        Assert.DoesNotContain(await RowKeysAsync(), key => key.StartsWith("leased:"));
    }

    [Fact]
    public async Task What_ran_on_a_node_that_fell_silent_is_lost_and_told_until_it_is_finished()
    {
        var id = await LeasedAsync("old");
        var lost = await LeasedAsync("gone", isLost: true);
        IReadOnlyList<LostLease> told = await _queue.TakeExpiredAsync(default);
        Assert.Equal(new LostLease(lost, 1, "gone"), Assert.Single(told));

        for (var passed = 0; passed < 120; passed += 5)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            told = await _queue.TakeExpiredAsync(default);
        }

        Assert.Equal([id, lost], told.Select(each => each.RunId).OrderBy(each => each == lost));
        await _queue.FinishAsync(id, 1, default);
        await _queue.FinishAsync(lost, 1, default);
        Assert.Empty(await _queue.TakeExpiredAsync(default));
    }

    [Fact]
    public async Task What_had_ended_is_not_queued_again()
    {
        var id = RunId.New();
        var end = _time.GetUtcNow().UtcTicks;
        await AttemptAsync(id, "Finished", sequence: 1, row => row["EndedAt"] = end);
        await _table.AddEntityAsync(new TableEntity(Partition, $"ended:{end:D19}:{id}") { ["RunId"] = id.ToString() });

        await _queue.EnqueueAsync(Entry(id, attempt: 1), default);

        Assert.Null(await LeaseAsync("node"));
        Assert.Null(await StandingAsync(id));
    }

    [Fact]
    public async Task A_node_keeps_that_it_was_retired_and_how_it_stood()
    {
        await NodeAsync("retired", row => row["IsRetired"] = true);
        await NodeAsync("failing", row => row["Standing"] = """{"failures":2,"reason":"no space left"}""");
        await QueuedAsync(sequence: 1);

        Assert.Null(await LeaseAsync("retired"));
        Assert.NotNull(await LeaseAsync("failing"));

        var nodes = await new TableNodeRegistry(_pool, _time).ListAsync(default);
        Assert.Equal([("failing", false), ("retired", true)], nodes.Select(node => (node.Name, node.IsRetired)));
        Assert.Equal((2, "no space left"), (nodes[0].Standing.Failures, nodes[0].Standing.Reason));
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private async Task<RunId> QueuedAsync(long sequence, int gpus = 1, int priority = 0)
    {
        var id = RunId.New();
        await AttemptAsync(id, "Queued", sequence, _ => { }, gpus, priority);
        var place = $"queued:{Encode("default")}:{(long)int.MaxValue - priority:D10}:{sequence:D19}";
        await _table.AddEntityAsync(
            new TableEntity(Partition, place)
            {
                ["RunId"] = id.ToString(),
                ["Age"] = sequence,
                ["Gpus"] = gpus,
                ["Needs"] = $$"""{"gpus":{{gpus}}}""",
                ["Owner"] = "ann",
                ["Priority"] = priority,
            }
        );
        return id;
    }

    private async Task<RunId> LeasedAsync(string node, bool isLost = false)
    {
        var id = RunId.New();
        var expires = _time.GetUtcNow().AddSeconds(60).UtcTicks;
        await AttemptAsync(
            id,
            isLost ? "Lost" : "Leased",
            sequence: 5,
            row =>
            {
                row["Node"] = node;
                row["Slots"] = 1;
                row["ExpiresAt"] = expires;
                row["Renewed"] = true;
                if (!isLost)
                {
                    row["TokenHash"] = SHA256.HashData(Encoding.UTF8.GetBytes(Token));
                }
            }
        );
        await _table.AddEntityAsync(
            new TableEntity(Partition, $"leased:{Encode(node)}:{id}")
            {
                ["RunId"] = id.ToString(),
                ["Attempt"] = 1,
                ["Pool"] = "default",
                ["Node"] = node,
                ["Slots"] = 1,
                ["ExpiresAt"] = expires,
                ["IsLost"] = isLost,
            }
        );
        return id;
    }

    private Task AttemptAsync(
        RunId id,
        string state,
        long sequence,
        Action<TableEntity> more,
        int gpus = 1,
        int priority = 0
    )
    {
        var row = new TableEntity(Partition, $"run:{id}")
        {
            ["RunId"] = id.ToString(),
            ["Attempt"] = 1,
            ["Sequence"] = sequence,
            ["Age"] = sequence,
            ["State"] = state,
            ["Pool"] = "default",
            ["Gpus"] = gpus,
            ["Needs"] = $$"""{"gpus":{{gpus}}}""",
            ["Owner"] = "ann",
            ["Priority"] = priority,
            ["Slots"] = 0,
            ["Renewed"] = false,
            ["CancelRequested"] = false,
        };
        more(row);
        return _table.AddEntityAsync(row);
    }

    private Task NodeAsync(string name, Action<TableEntity>? more = null)
    {
        var row = new TableEntity(Partition, $"node:{Encode(name)}")
        {
            ["Name"] = name,
            ["Pool"] = "default",
            ["Gpus"] = 1,
            ["Slots"] = 1,
            ["Sandbox"] = "",
            ["Facts"] = "",
            ["SeenAt"] = _time.GetUtcNow().UtcTicks,
            ["BusyAt"] = _time.GetUtcNow().UtcTicks,
        };
        more?.Invoke(row);
        return _table.AddEntityAsync(row);
    }

    private static DispatchEntry Entry(RunId id, int attempt) =>
        new()
        {
            RunId = id,
            Attempt = attempt,
            Pool = "default",
            Needs = new() { Gpus = 1 },
            Owner = Owner.Parse("ann"),
        };

    private Task<Lease?> LeaseAsync(string node)
    {
        var offer = new NodeOffer
        {
            Node = node,
            Pool = "default",
            Gpus = 1,
            Slots = 1,
            FreeSlots = 1,
        };
        return _queue.LeaseAsync(offer, TimeSpan.Zero, default);
    }

    private async Task<RunStanding?> StandingAsync(RunId id) =>
        (await new TablePoolLoad(_table, _pool, _time).ReadAsync("default", default)).Standings!(id);

    private async Task<List<string>> RowKeysAsync() =>
        await _table.QueryAsync<TableEntity>().Select(row => row.RowKey).ToListAsync();
}
