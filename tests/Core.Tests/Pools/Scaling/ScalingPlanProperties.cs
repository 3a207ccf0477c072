using FsCheck;
using FsCheck.Fluent;
using Trainyard.Core.Pools.Scaling;

namespace Trainyard.Core.Tests.Pools.Scaling;

/// <summary>What holds for a plan whatever the pool looks like.</summary>
public sealed class ScalingPlanProperties
{
    [Fact]
    public void A_node_with_a_lease_is_never_removed() =>
        Holds((pool, plan) => plan.Removals.All(each => pool.NodeOn(each.Machine) is not { LeasedSlots: > 0 }));

    [Fact]
    public void The_pool_never_grows_beyond_the_maximum() =>
        Holds((pool, plan) => plan.GrowTo is null || plan.GrowTo <= pool.Options.Maximum);

    [Fact]
    public void Growing_asks_for_more_machines_than_stay() =>
        Holds((pool, plan) => plan.GrowTo is null || plan.GrowTo > pool.Machines.Count - plan.Removals.Count);

    [Fact]
    public void A_plan_that_removes_idle_machines_lacks_none() =>
        Holds((_, plan) => plan.GrowTo is null || plan.Removals.All(each => each.Cause is not RemovalCause.Idle));

    [Fact]
    public void The_minimum_is_there_or_asked_for() =>
        Holds((pool, plan) => (plan.GrowTo ?? pool.Machines.Count - plan.Removals.Count) >= pool.Options.Minimum);

    [Fact]
    public void While_something_waits_that_fits_the_pool_is_not_empty() =>
        Holds(
            (pool, plan) =>
            {
                var fits = pool.Load.Waiting.Any(run =>
                    pool.Options.NodeGpus == 0 || run.Needs.Gpus <= pool.Options.NodeGpus
                );
                var left = pool.Machines.Count - plan.Removals.Count;
                return !fits || (plan.GrowTo ?? left) > 0;
            }
        );

    [Fact]
    public void A_machine_is_removed_once_and_is_one_of_the_pool() =>
        Holds(
            (pool, plan) =>
                plan.Removals.Select(each => each.Machine).Distinct().Count() == plan.Removals.Count
                && plan.Removals.All(each => pool.Machines.Contains(each.Machine))
        );

    [Fact]
    public void More_that_waits_never_takes_away_a_machine() =>
        Holds(
            (pool, plan) =>
            {
                var busier = pool with { Load = pool.Load with { Waiting = [.. pool.Load.Waiting, Pools.Run(0)] } };
                var idle = plan.Removals.Count(each => each.Cause is RemovalCause.Idle);
                return busier.Plan().Removals.Count(each => each.Cause is RemovalCause.Idle) <= idle;
            }
        );

    [Fact]
    public void When_a_plan_was_carried_out_there_is_nothing_left_to_do() =>
        Holds(
            (pool, plan) =>
            {
                var left = pool.Machines.Except(plan.Removals.Select(each => each.Machine)).ToList();
                var made = Enumerable
                    .Range(10, Math.Max(0, (plan.GrowTo ?? 0) - left.Count))
                    .Select(number => Pools.Machine(number, TimeSpan.Zero));
                var after = (pool with { Machines = [.. left, .. made] }).Plan();
                return after is { GrowTo: null, Removals.Count: 0 };
            }
        );

    private static void Holds(Func<Situation, ScalingPlan, bool> property) =>
        Prop.ForAll(Pools.Any.ToArbitrary(), pool => property(pool, pool.Plan()))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
}
