using Trainyard.Backends.Tests.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Tests.Embedded;

public sealed class SqliteDispatchQueueTests : DispatchQueueContract
{
    private readonly EmbeddedHome _home = new();

    protected override IDispatchQueue Queue => _home.Queue;

    protected override ManualTime Time => _home.Time;

    public override Task DisposeAsync()
    {
        _home.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Leases_and_queue_outlive_the_service()
    {
        var (_, key) = await LeasedAsync();
        var waiting = await EnqueueAsync();

        _home.Reopen();

        await Queue.RenewAsync(key, LeaseDuration, default);
        Assert.Equal(waiting, (await LeaseAsync(Cpu("other")))!.RunId);
    }

    [Fact]
    public async Task A_service_that_was_away_for_long_takes_no_node_for_silent()
    {
        var (_, renewing) = await LeasedAsync();
        await Queue.RenewAsync(renewing, LeaseDuration, default);
        await EnqueueAsync();
        var silent = KeyOf((await LeaseAsync(Cpu("silent")))!);

        Time.Advance(TimeSpan.FromHours(1));
        _home.Reopen();

        Assert.Empty(await Queue.TakeExpiredAsync(default));
        await Queue.RenewAsync(renewing, LeaseDuration * 2, default);
        await PassAsync(LeaseDuration);
        Assert.Equal([new LostLease(silent.RunId, 1, "silent")], await Queue.TakeExpiredAsync(default));
        await Queue.RenewAsync(renewing, null, default);
    }

    [Fact]
    public async Task Leases_of_several_nodes_outlive_the_service()
    {
        var (id, leases) = await LeasedGangAsync(2);
        var waiting = await EnqueueGangAsync(2);
        await Queue.FinishAsync(id, 1, learner: 1, default);

        _home.Reopen();

        Assert.Equal(2, (await Queue.RenewAsync(KeyOf(leases[1]), LeaseDuration, default)).Learner);
        Assert.Equal(1, _home.Nodes.Dispatcher.Read("default", (pool, _) => pool.RunningCount));
        var both = await LeasedAsync(Waiting("x", "y").Values, 2);
        Assert.All(both, lease => Assert.Equal(waiting, lease.RunId));
    }

    [Fact]
    public async Task A_lease_of_a_file_of_before_is_still_held()
    {
        var (_, key) = await LeasedAsync();
        await _home.Database.WriteAsync(
            session =>
                session.Execute("ALTER TABLE attempts DROP COLUMN preemptible")
                + session.Execute("ALTER TABLE attempts DROP COLUMN preemptions")
                + session.Execute("ALTER TABLE attempts DROP COLUMN preemption")
                + session.Execute("ALTER TABLE attempts DROP COLUMN saved_at")
                + session.Execute("ALTER TABLE attempts DROP COLUMN nodes")
                + session.Execute("ALTER TABLE attempts DROP COLUMN lost_learner")
                + session.Execute("ALTER TABLE attempts ADD COLUMN node TEXT")
                + session.Execute("ALTER TABLE attempts ADD COLUMN slots INTEGER")
                + session.Execute("ALTER TABLE attempts ADD COLUMN token_hash BLOB")
                + session.Execute("ALTER TABLE attempts ADD COLUMN expires_at INTEGER")
                + session.Execute("ALTER TABLE attempts ADD COLUMN renewed INTEGER NOT NULL DEFAULT 0")
                + session.Execute("CREATE INDEX attempts_leased ON attempts (node, expires_at) WHERE state = 'leased'")
                + session.Execute(
                    """
                    UPDATE attempts SET (node, slots, token_hash, expires_at, renewed) =
                        (SELECT node, slots, token_hash, expires_at, renewed FROM learners WHERE run_id = attempts.run_id)
                    """
                )
                + session.Execute("DROP TABLE learners")
                + session.Execute("PRAGMA user_version = 9"),
            default
        );

        _home.Reopen();

        Assert.Equal(
            ("node", 1, 1),
            await Queue.RenewAsync(key, LeaseDuration, default) is var status
                ? (status.Node, status.Learner, status.Learners)
                : default
        );
        await PassAsync(LeaseDuration);
        Assert.Equal([new LostLease(key.RunId, 1, "node")], await Queue.TakeExpiredAsync(default));
    }

    [Fact]
    public async Task The_usage_of_all_nodes_counts_until_each_is_done()
    {
        _home.Pool.FairShareCpuRun = 1;
        _home.Reopen();
        var (id, _) = await LeasedGangAsync(2);
        Time.Advance(TimeSpan.FromSeconds(10));
        await Queue.FinishAsync(id, 1, learner: 2, default);
        Assert.Equal(20, Used(), tolerance: 0.1);
        Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(30, Used(), tolerance: 0.1);
        await Queue.FinishAsync(id, 1, learner: 1, default);
        Assert.Equal(30, Used(), tolerance: 0.1);

        _home.Reopen();

        Assert.Equal(30, Used(), tolerance: 0.1);

        double Used() => _home.Nodes.Dispatcher.Read("default", (pool, now) => pool.UsageOf("jean", now));
    }

    [Fact]
    public async Task An_order_to_give_way_outlives_the_service_and_no_other_run_is_told()
    {
        var (first, firstKey) = await PreemptibleAsync("a");
        var (_, secondKey) = await PreemptibleAsync("b");
        var urgent = await EnqueueAsync(gpus: 1, priority: 1);
        var told = Assert.Single(await Queue.PreemptAsync(default));

        _home.Reopen();

        Assert.Empty(await Queue.PreemptAsync(default));
        var orders = new[]
        {
            (await Queue.RenewAsync(firstKey, LeaseDuration, default)).Preemption,
            (await Queue.RenewAsync(secondKey, LeaseDuration, default)).Preemption,
        };
        Assert.Equal(told.Order, Assert.Single(orders, order => order is not null));
        await Queue.FinishAsync(told.RunId, 1, default);
        var node = told.RunId == first ? "a" : "b";
        Assert.Equal(urgent, (await LeaseAsync(Gpu(node, 1)))!.RunId);
    }

    [Fact]
    public async Task A_token_is_nowhere_on_disk()
    {
        var (lease, _) = await LeasedAsync();

        _home.Reopen();

        Assert.DoesNotContain(lease.Token, await File.ReadAllTextAsync(_home.Folder.Database));
    }

    [Fact]
    public async Task Ends_are_forgotten_after_a_month()
    {
        var (_, key) = await LeasedAsync();
        await Queue.FinishAsync(key.RunId, 1, default);
        Time.Advance(TimeSpan.FromDays(31));

        await Queue.FinishAsync(RunId.New(), 1, default);

        Assert.Equal(1, _home.Database.Read(session => session.Number("SELECT COUNT(*) FROM attempts")));
    }
}
