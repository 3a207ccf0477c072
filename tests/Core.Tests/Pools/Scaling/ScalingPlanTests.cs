using System.ComponentModel.DataAnnotations;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Scaling;
using static Trainyard.Core.Tests.Pools.Scaling.Pools;

namespace Trainyard.Core.Tests.Pools.Scaling;

public sealed class ScalingPlanTests
{
    private readonly ScalingOptions _options = new() { Maximum = 4 };

    private readonly PoolOptions _pool = new();

    [Fact]
    public void An_empty_pool_that_nobody_waits_for_stays_empty() => AssertNothing(PlanFor([], Load([])));

    [Fact]
    public void Each_run_that_waits_gets_a_machine_at_once() => Assert.Equal(2, PlanFor([], Load([1, 0])).GrowTo);

    [Fact]
    public void A_run_for_several_nodes_gets_as_many_machines()
    {
        _options.NodeGpus = 2;
        var gang = Run(gpus: 1) with { Nodes = 3 };

        Assert.Equal(3, PlanFor([], new PoolLoad { Waiting = [gang], Nodes = [] }).GrowTo);
        Assert.Equal(3, PlanFor([], new PoolLoad { Waiting = [gang, Run(1), Run(1), Run(1)], Nodes = [] }).GrowTo);
        Assert.Equal(
            3,
            PlanFor([Machine(1)], new PoolLoad { Waiting = [gang], Nodes = [Node(1, slots: 2, leased: 1)] }).GrowTo
        );
    }

    [Fact]
    public void Machines_are_not_made_for_a_run_that_needs_more_than_there_may_be() =>
        AssertNothing(PlanFor([], new PoolLoad { Waiting = [Run(gpus: 1) with { Nodes = 5 }], Nodes = [] }));

    [Fact]
    public void Runs_that_wait_share_a_machine_that_has_room_for_them()
    {
        _options.NodeGpus = 4;

        Assert.Equal(2, PlanFor([], Load([2, 1, 1, 3])).GrowTo);
    }

    [Fact]
    public void Runs_that_wait_go_to_free_nodes_first_then_to_machines_that_start_then_to_new_ones()
    {
        PoolMachine[] machines = [Machine(1), Machine(2, TimeSpan.FromMinutes(5))];

        AssertNothing(PlanFor(machines, Load([1, 1], Node(1))));
        Assert.Equal(3, PlanFor(machines, Load([1, 1, 1], Node(1))).GrowTo);
    }

    [Fact]
    public void No_more_machines_are_asked_for_than_the_maximum() =>
        Assert.Equal(4, PlanFor([Machine(1)], Load([1, 1, 1, 1, 1, 1], Node(1, leased: 1))).GrowTo);

    [Fact]
    public void A_run_that_is_larger_than_a_machine_is_not_waited_for() => AssertNothing(PlanFor([], Load([2])));

    [Fact]
    public void Machines_without_gpus_run_anything_in_one_slot()
    {
        _options.NodeGpus = 0;
        _pool.CpuStandIn = true;

        Assert.Equal(2, PlanFor([], Load([8, 1, 0])).GrowTo);
    }

    [Fact]
    public void The_minimum_is_kept_while_nothing_waits()
    {
        _options.Minimum = 2;

        Assert.Equal(2, PlanFor([Machine(1)], Load([], Node(1, idle: TimeSpan.FromHours(1)))).GrowTo);
    }

    [Fact]
    public void A_node_that_was_idle_for_long_goes_and_the_longest_idle_first()
    {
        _options.Minimum = 1;
        PoolNode[] nodes =
        [
            Node(1, idle: TimeSpan.FromMinutes(14)),
            Node(2, idle: TimeSpan.FromMinutes(15)),
            Node(3, idle: TimeSpan.FromMinutes(16)),
        ];

        var three = PlanFor([Machine(1), Machine(2), Machine(3)], Load([], nodes));
        var two = PlanFor([Machine(2), Machine(3)], Load([], nodes));

        Assert.Equal(["3", "2"], three.Removals.Select(each => each.Machine.Id));
        Assert.Equal(["3"], two.Removals.Select(each => each.Machine.Id));
        Assert.All(three.Removals, each => Assert.Equal(RemovalCause.Idle, each.Cause));
        Assert.Equal("default-000003-0a1b2c3d", three.Removals[0].Node);
    }

    [Fact]
    public void A_node_that_a_waiting_run_will_take_stays_however_long_it_was_idle() =>
        AssertNothing(PlanFor([Machine(1)], Load([1], Node(1, idle: TimeSpan.FromHours(1)))));

    [Fact]
    public void What_waits_goes_to_nodes_that_have_runs_so_that_an_idle_one_can_go()
    {
        _options.NodeGpus = 2;
        PoolNode[] nodes =
        [
            Node(1, slots: 2, idle: TimeSpan.FromHours(1)),
            Node(2, slots: 2, leased: 1, idle: TimeSpan.FromHours(2)),
        ];

        var plan = PlanFor([Machine(1), Machine(2)], Load([1], nodes));

        Assert.Equal("1", Assert.Single(plan.Removals).Machine.Id);
    }

    [Fact]
    public void A_machine_whose_node_never_came_is_replaced_when_it_is_needed()
    {
        _options.Maximum = 1;
        var broken = PlanFor([Machine(1, TimeSpan.FromMinutes(30))], Load([1]));

        AssertNothing(PlanFor([Machine(1, TimeSpan.FromMinutes(29))], Load([1])));
        Assert.Equal(new MachineRemoval(Machine(1, TimeSpan.FromMinutes(30)), null, RemovalCause.Broken), Only(broken));
        Assert.Equal(1, broken.GrowTo);
        Assert.Null(PlanFor([Machine(1)], Load([])).GrowTo);
    }

    [Fact]
    public void A_node_that_fell_silent_takes_no_run_and_is_removed_after_the_same_time()
    {
        var silent = Node(1) with { SeenAt = Now - TimeSpan.FromMinutes(3) };
        var gone = Node(1) with { SeenAt = Now - TimeSpan.FromMinutes(30) };

        var plan = PlanFor([Machine(1)], Load([1], silent));

        Assert.Empty(plan.Removals);
        Assert.Equal(2, plan.GrowTo);
        Assert.Equal(RemovalCause.Broken, Only(PlanFor([Machine(1)], Load([], gone))).Cause);
    }

    [Fact]
    public void A_node_that_is_about_to_be_taken_away_takes_no_run_and_is_none_of_the_minimum()
    {
        Assert.Equal(2, PlanFor([Machine(1)], Load([1], Node(1, slots: 0))).GrowTo);
        _options.Minimum = 1;
        Assert.Equal(2, PlanFor([Machine(1)], Load([], Node(1, slots: 0))).GrowTo);
    }

    [Fact]
    public void A_retired_node_s_machine_that_is_still_there_is_removed_again_and_no_run_counts_on_it()
    {
        var plan = PlanFor([Machine(1)], Load([1], Node(1) with { IsRetired = true }));

        Assert.Equal(RemovalCause.Retired, Only(plan).Cause);
        Assert.Equal(1, plan.GrowTo);
    }

    [Fact]
    public void A_machine_is_not_taken_for_one_before_it_that_had_its_name()
    {
        var before = Node(1) with { SeenAt = Now - TimeSpan.FromMinutes(6), IsRetired = true };

        AssertNothing(PlanFor([Machine(1, TimeSpan.FromMinutes(5))], Load([1], before)));
    }

    [Fact]
    public void Of_several_nodes_of_a_machine_the_latest_counts()
    {
        var before = Node(1) with
        {
            Name = "default-000001-00000000",
            SeenAt = Now - TimeSpan.FromHours(1),
            IsRetired = true,
        };

        AssertNothing(PlanFor([Machine(1)], Load([1], before, Node(1))));
    }

    [Theory]
    [InlineData(0, 1, true)]
    [InlineData(4, 4, true)]
    [InlineData(2, 1, false)]
    [InlineData(0, 0, false)]
    [InlineData(0, 101, false)]
    public void A_minimum_above_the_maximum_is_refused(int minimum, int maximum, bool isGood)
    {
        var settings = new ScalingOptions { Minimum = minimum, Maximum = maximum };

        Assert.Equal(
            isGood,
            Validator.TryValidateObject(settings, new ValidationContext(settings), null, validateAllProperties: true)
        );
    }

    private static MachineRemoval Only(ScalingPlan plan) => Assert.Single(plan.Removals);

    private static void AssertNothing(ScalingPlan plan)
    {
        Assert.Null(plan.GrowTo);
        Assert.Empty(plan.Removals);
    }

    private ScalingPlan PlanFor(PoolMachine[] machines, PoolLoad load) =>
        ScalingPlan.Make(machines, load, _options, _pool, Now);
}
