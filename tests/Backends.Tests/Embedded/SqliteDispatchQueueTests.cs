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
