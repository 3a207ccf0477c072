using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Scaling;
using Trainyard.Tests.Shared;
using static Trainyard.Core.Tests.Pools.Scaling.Pools;

namespace Trainyard.Core.Tests.Pools.Scaling;

public sealed class PoolScalingTests
{
    private static readonly PoolNode Idle = Node(1, idle: TimeSpan.FromHours(1));

    private readonly InMemoryPoolScaler _scaler = new();
    private readonly InMemoryPoolLoad _loads = new();
    private readonly PoolScaling _scaling;

    public PoolScalingTests() =>
        _scaling = new PoolScaling(_scaler, _loads, new ScalingOptions(), new PoolOptions(), new ManualTime(Now));

    [Fact]
    public async Task Machines_that_are_not_the_service_s_are_left_alone()
    {
        _scaler.Machines = null;
        _loads.Load = Load([1]);

        Assert.Null(await _scaling.PlanAsync(default));
    }

    [Fact]
    public async Task A_machine_comes_for_a_run_that_waits()
    {
        _loads.Load = Load([1]);

        await _scaling.GrowAsync((await _scaling.PlanAsync(default))!, default);

        Assert.Single(_scaler.Machines!);
        Assert.Equal(new StartingMachines(1, Now), _loads.Load.Starting);
    }

    [Fact]
    public async Task While_a_machine_is_being_made_that_is_said_again()
    {
        _scaler.Machines = [Machine(1, TimeSpan.FromMinutes(5)), Machine(2)];
        _loads.Load = Load([1], Node(2, leased: 1));

        await _scaling.GrowAsync((await _scaling.PlanAsync(default))!, default);

        Assert.Equal(new StartingMachines(1, Now), _loads.Load.Starting);
    }

    [Fact]
    public async Task A_node_is_retired_before_its_machine_is_removed()
    {
        _scaler.Machines = [Machine(1)];
        _loads.Load = Load([], Idle);

        var removed = await _scaling.RemoveAsync((await _scaling.PlanAsync(default))!, default);

        Assert.Equal(Idle.Name, Assert.Single(removed).Node);
        Assert.Equal([Idle.Name], _loads.Retired);
        Assert.Empty(_scaler.Machines!);
    }

    [Fact]
    public async Task A_node_that_was_given_a_run_in_the_meantime_stays()
    {
        _scaler.Machines = [Machine(1)];
        _loads.Load = Load([], Idle);
        _loads.Leased.Add(Idle.Name);

        Assert.Empty(await _scaling.RemoveAsync((await _scaling.PlanAsync(default))!, default));
        Assert.Single(_scaler.Machines!);
    }
}
