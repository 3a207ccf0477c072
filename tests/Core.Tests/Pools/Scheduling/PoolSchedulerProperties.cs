namespace Trainyard.Core.Tests.Pools.Scheduling;

/// <summary>
/// What holds whatever comes and goes. <see cref="VirtualPool"/> checks at every step that no node is given more than it has and
/// that no promise of a reservation is broken.
/// </summary>
public sealed class PoolSchedulerProperties
{
    [Fact]
    public void Nothing_is_given_twice_no_promise_is_broken_and_all_that_could_run_does() =>
        PoolStories.Check(
            (pool, could) =>
            {
                pool.Pass(TimeSpan.FromDays(60));
                pool.Settle();

                Assert.Empty(pool.Running);
                Assert.Equal(could, pool.Started.Count);
            }
        );

    [Fact]
    public void Equal_runs_of_an_owner_begin_in_the_order_in_which_they_came() =>
        PoolStories.Check(
            (pool, _) =>
            {
                pool.Pass(TimeSpan.FromDays(60));
                var equals = pool.Started.GroupBy(each =>
                    (each.Run.Owner, each.Run.Priority, each.Run.Needs, each.Run.MaxDuration, each.Run.Nodes)
                );
                Assert.All(
                    equals,
                    runs => Assert.Equal(runs.Select(each => each.Run.Age).Order(), runs.Select(each => each.Run.Age))
                );
            }
        );
}
