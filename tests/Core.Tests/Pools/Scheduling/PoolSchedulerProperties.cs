namespace Trainyard.Core.Tests.Pools.Scheduling;

/// <summary>
/// What holds whatever comes and goes. <see cref="VirtualPool"/> checks at every step that no node is given more than it has and
/// that no promise of a reservation is broken.
/// </summary>
public sealed class PoolSchedulerProperties
{
    // Each of at most 60 runs may wait for others of at most 4 hours, and then takes as long.
    private const int MostHours = 60 * 8;

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
    public void Nothing_starves_whoever_comes() =>
        PoolStories.Check(
            (pool, could) =>
            {
                var before = pool.Started.Count;
                var waiting = could - before;
                var those = pool.Scheduler.Waiting(pool.Now, 1_000).Select(run => run.RunId).ToHashSet();

                // Ever new owners, who have used nothing and are always next, want more than there is.
                for (var i = 0; i < MostHours && those.Count > 0; i++)
                {
                    for (var run = 0; run < 40; run++)
                    {
                        pool.Enqueue($"new-{i}-{run}", gpus: 1, minutes: 60);
                    }
                    pool.Settle();
                    pool.Pass(TimeSpan.FromHours(1));
                    waiting -= pool.Started.Skip(before).Count(each => those.Remove(each.Run.RunId));
                    before = pool.Started.Count;
                    if (waiting == 0)
                    {
                        return;
                    }
                }
                Assert.Equal(0, waiting);
            },
            VirtualPool.Options with
            {
                LongestWait = TimeSpan.FromHours(1),
            },
            stories: 100
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
