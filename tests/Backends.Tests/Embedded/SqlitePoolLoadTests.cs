using Trainyard.Backends.Dispatch;
using Trainyard.Backends.Tests.Contracts;
using Trainyard.Core.Pools;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Tests.Embedded;

public sealed class SqlitePoolLoadTests : PoolLoadContract
{
    private readonly EmbeddedHome _home = new();

    protected override IDispatchQueue Queue => _home.Queue;

    protected override IPoolLoad Loads => new SqlitePoolLoad(_home.Nodes, _home.Time);

    protected override INodeRegistry Registry => new SqliteNodeRegistry(_home.Nodes, _home.Time);

    protected override ManualTime Time => _home.Time;

    public override Task DisposeAsync()
    {
        _home.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_retirement_outlives_the_service()
    {
        await LeaseAsync(Offer("a"));
        await Loads.RetireAsync("a", default);

        _home.Reopen();
        await EnqueueAsync();

        Assert.Null(await LeaseAsync(Offer("a")));
    }

    [Fact]
    public async Task A_drained_node_is_drained_after_the_service_began_anew()
    {
        await LeaseAsync(Offer("a"));
        await Registry.DrainAsync("a", isDrained: true, default);

        _home.Reopen();
        await EnqueueAsync();

        Assert.Null(await LeaseAsync(Offer("a")));
        Assert.True((await NodeAsync()).IsDrained);
    }

    [Fact]
    public async Task A_file_of_before_keeps_its_nodes()
    {
        await LeaseAsync(Offer("a"));
        var waiting = await EnqueueAsync(gpus: 3);
        await _home.Database.WriteAsync(
            session =>
                session.Execute("ALTER TABLE nodes DROP COLUMN busy_at")
                + session.Execute("ALTER TABLE nodes DROP COLUMN retired")
                + session.Execute("DROP TABLE pools")
                + session.Execute("DROP INDEX runs_purge")
                + session.Execute("DROP INDEX runs_finished")
                + session.Execute("CREATE INDEX runs_finished ON runs (finished_at) WHERE finished_at IS NOT NULL")
                + session.Execute("ALTER TABLE runs DROP COLUMN purge_at")
                + session.Execute("ALTER TABLE nodes DROP COLUMN standing")
                + session.Execute("ALTER TABLE nodes DROP COLUMN sandbox")
                + session.Execute("ALTER TABLE nodes DROP COLUMN facts")
                + session.Execute("ALTER TABLE nodes DROP COLUMN drained")
                + session.Execute("ALTER TABLE attempts DROP COLUMN needs")
                + session.Execute("ALTER TABLE attempts DROP COLUMN owner")
                + session.Execute("ALTER TABLE attempts DROP COLUMN age")
                + session.Execute("ALTER TABLE attempts DROP COLUMN not_before")
                + session.Execute("ALTER TABLE attempts DROP COLUMN avoided")
                + session.Execute("ALTER TABLE attempts DROP COLUMN avoid_until")
                + session.Execute("ALTER TABLE attempts DROP COLUMN max_duration")
                + session.Execute("ALTER TABLE attempts DROP COLUMN queued_at")
                + session.Execute("ALTER TABLE attempts DROP COLUMN expected")
                + session.Execute("ALTER TABLE attempts DROP COLUMN leased_at")
                + session.Execute("DROP TABLE learners")
                + session.Execute("ALTER TABLE attempts DROP COLUMN nodes")
                + session.Execute("ALTER TABLE attempts DROP COLUMN lost_learner")
                + session.Execute("ALTER TABLE attempts ADD COLUMN node TEXT")
                + session.Execute("ALTER TABLE attempts ADD COLUMN slots INTEGER")
                + session.Execute("ALTER TABLE attempts ADD COLUMN token_hash BLOB")
                + session.Execute("ALTER TABLE attempts ADD COLUMN expires_at INTEGER")
                + session.Execute("ALTER TABLE attempts ADD COLUMN renewed INTEGER NOT NULL DEFAULT 0")
                + session.Execute("CREATE INDEX attempts_leased ON attempts (node, expires_at) WHERE state = 'leased'")
                + session.Execute("ALTER TABLE attempts DROP COLUMN preemptible")
                + session.Execute("ALTER TABLE attempts DROP COLUMN preemptions")
                + session.Execute("ALTER TABLE attempts DROP COLUMN preemption")
                + session.Execute("ALTER TABLE attempts DROP COLUMN saved_at")
                + session.Execute("DROP TABLE usage")
                + session.Execute("DROP TABLE records")
                + session.Execute("PRAGMA user_version = 1"),
            default
        );

        _home.Reopen();

        Assert.Equal((4, false), ((await NodeAsync()).Slots, (await NodeAsync()).IsRetired));
        Assert.Null(await LeaseAsync(Offer("small") with { Gpus = 2, Slots = 2, FreeSlots = 2 }));
        Assert.Equal(waiting, (await LeaseAsync(Offer("a")))!.RunId);
    }
}
