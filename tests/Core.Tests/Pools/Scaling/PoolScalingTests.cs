using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Scaling;
using Trainyard.Tests.Shared;
using static Trainyard.Core.Tests.Pools.Scaling.Pools;

namespace Trainyard.Core.Tests.Pools.Scaling;

public sealed class PoolScalingTests
{
    private static readonly PoolNode Idle = Node(1, idle: TimeSpan.FromHours(1));

    private readonly InMemoryPoolScaler scaler = new();
    private readonly InMemoryPoolLoad loads = new();
    private readonly PoolScaling scaling;

    public PoolScalingTests() =>
        scaling = new PoolScaling(scaler, loads, new ScalingOptions(), new PoolOptions(), new ManualTime(Now));

    [Fact]
    public async Task Machines_that_are_not_the_service_s_are_left_alone()
    {
        scaler.Machines = null;
        loads.Load = Load([1]);

        Assert.Null(await scaling.PlanAsync(default));
    }

    [Fact]
    public async Task A_machine_comes_for_a_run_that_waits()
    {
        loads.Load = Load([1]);

        await scaling.GrowAsync((await scaling.PlanAsync(default))!, default);

        Assert.Single(scaler.Machines!);
        Assert.Equal(new StartingMachines(1, Now), loads.Load.Starting);
    }

    [Fact]
    public async Task While_a_machine_is_being_made_that_is_said_again()
    {
        scaler.Machines = [Machine(1, TimeSpan.FromMinutes(5)), Machine(2)];
        loads.Load = Load([1], Node(2, leased: 1));

        await scaling.GrowAsync((await scaling.PlanAsync(default))!, default);

        Assert.Equal(new StartingMachines(1, Now), loads.Load.Starting);
    }

    [Fact]
    public async Task A_node_is_retired_before_its_machine_is_removed()
    {
        scaler.Machines = [Machine(1)];
        loads.Load = Load([], Idle);

        var removed = await scaling.RemoveAsync((await scaling.PlanAsync(default))!, default);

        Assert.Equal(Idle.Name, Assert.Single(removed).Node);
        Assert.Equal([Idle.Name], loads.Retired);
        Assert.Empty(scaler.Machines!);
    }

    [Fact]
    public async Task A_node_that_was_given_a_run_in_the_meantime_stays()
    {
        scaler.Machines = [Machine(1)];
        loads.Load = Load([], Idle);
        loads.Leased.Add(Idle.Name);

        Assert.Empty(await scaling.RemoveAsync((await scaling.PlanAsync(default))!, default));
        Assert.Single(scaler.Machines!);
    }
}
