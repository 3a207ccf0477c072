using Trainyard.Core.Pools;

namespace Trainyard.Backends.Tests.Contracts;

/// <content>Machines that sleep, and clocks that are set.</content>
public abstract partial class DispatchQueueContract
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task A_service_that_slept_gives_every_lease_its_time_again()
    {
        var (_, renewing) = await LeasedAsync();
        await EnqueueAsync();
        var silent = KeyOf((await LeaseAsync(Cpu("silent")))!);
        await PassAsync(2 * LeaseDuration - TimeSpan.FromSeconds(90));

        Time.Advance(Hour);

        // The node may be heard before the service looks, and after.
        await Queue.RenewAsync(renewing, LeaseDuration, default);
        Assert.Empty(await Queue.TakeExpiredAsync(default));
        await PassAsync(TimeSpan.FromSeconds(30));
        await Queue.RenewAsync(renewing, LeaseDuration, default);
        Assert.Empty(await Queue.TakeExpiredAsync(default));
        await PassAsync(TimeSpan.FromSeconds(30));
        Assert.Equal([new LostLease(silent.RunId, 1, "silent")], await Queue.TakeExpiredAsync(default));
        await Queue.RenewAsync(renewing, extend: null, default);
    }

    [Fact]
    public async Task A_clock_that_is_set_on_loses_no_lease()
    {
        var (_, key) = await LeasedAsync();
        await PassAsync(LeaseDuration - TimeSpan.FromSeconds(5));

        Time.Set(Hour);

        Assert.Empty(await Queue.TakeExpiredAsync(default));
        await Queue.RenewAsync(key, LeaseDuration, default);
        await PassAsync(LeaseDuration - TimeSpan.FromSeconds(1));
        await Queue.RenewAsync(key, extend: null, default);
        await PassAsync(TimeSpan.FromSeconds(1));
        Assert.Equal([new LostLease(key.RunId, 1, "node")], await Queue.TakeExpiredAsync(default));
    }

    [Fact]
    public async Task A_clock_that_is_set_back_keeps_no_silent_node()
    {
        var (_, key) = await LeasedAsync();

        Time.Set(-Hour);
        await Queue.RenewAsync(key, LeaseDuration, default);
        Time.Set(-Hour);
        await PassAsync(LeaseDuration);

        Assert.Equal([new LostLease(key.RunId, 1, "node")], await Queue.TakeExpiredAsync(default));
    }

    [Fact]
    public async Task A_waiting_node_is_answered_in_time_when_the_clock_is_set_back()
    {
        var waiting = Queue.LeaseAsync(Cpu("a"), TimeSpan.FromSeconds(30), default);
        Time.Set(-Hour);

        for (var steps = 0; steps < 8; steps++)
        {
            await Task.WhenAny(waiting, Time.WaitForTimerAsync());
            Time.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Null(await waiting.WaitAsync(TimeSpan.FromSeconds(20)));
    }
}
