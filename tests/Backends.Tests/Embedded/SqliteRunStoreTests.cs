using Trainyard.Backends.Runs;
using Trainyard.Backends.Tests.Contracts;
using Trainyard.Core.Runs;

namespace Trainyard.Backends.Tests.Embedded;

public sealed class SqliteRunStoreTests : RunStoreContract
{
    private readonly EmbeddedHome _home = new();

    protected override IRunStore Store => _home.Runs;

    public override Task DisposeAsync()
    {
        _home.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public void A_purge_reads_two_ranges_of_two_indexes()
    {
        var plan = _home.Database.Read(session =>
            session.All(
                $"EXPLAIN QUERY PLAN {SqliteRunStore.PurgeableSql}",
                row => row.GetString(3),
                ("$finished", 1L),
                ("$now", 1L)
            )
        );

        Assert.Contains(plan, step => step.Contains("runs_finished (finished_at<?)"));
        Assert.Contains(plan, step => step.Contains("runs_purge (purge_at<?)"));
        Assert.DoesNotContain(plan, step => step.StartsWith("SCAN"));
    }
}
