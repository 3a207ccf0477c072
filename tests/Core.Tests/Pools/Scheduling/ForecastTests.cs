using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Core.Tests.Pools.Scheduling;

/// <summary>When a waiting run begins, as the pool played on tells it.</summary>
public sealed class ForecastTests
{
    private readonly VirtualPool _pool = new(VirtualPool.Options);

    [Fact]
    public void No_run_begins_later_than_it_was_told_if_all_take_their_time_and_no_others_come() =>
        PoolStories.Check(
            (pool, _) =>
            {
                var find = pool.Scheduler.Standings(pool.Now);
                var told = pool
                    .Scheduler.Waiting(pool.Now, 1_000)
                    .ToDictionary(run => run.RunId, run => find(run.RunId)!.StartsAt);
                var before = pool.Started.Count;

                pool.Pass(TimeSpan.FromDays(60));

                Assert.All(
                    pool.Started.Zip(pool.StartedAt).Skip(before),
                    each =>
                    {
                        var by = told[each.First.Run.RunId];
                        Assert.True(
                            each.Second <= by,
                            $"{each.First.Run.RunId} begins at {each.Second} and was told {by}"
                        );
                    }
                );
                Assert.Equal(pool.Started.Count - before, told.Values.Count(at => at is not null));
            }
        );

    [Fact]
    public void A_run_on_several_nodes_without_a_reservation_is_told_when_so_many_are_free_at_once()
    {
        Nodes(2, gpus: 4);
        _pool.Enqueue("ann", gpus: 4, minutes: 30);
        _pool.Enqueue("ann", gpus: 4, minutes: 90);
        _pool.Settle();
        var first = _pool.Enqueue("bob", gpus: 4, nodes: 2, minutes: 60);
        var second = _pool.Enqueue("bob", gpus: 4, nodes: 2, minutes: 60);

        Assert.Equal(_pool.Now.AddMinutes(90), Standing(first).StartsAt);
        Assert.Equal((_pool.Now.AddMinutes(150), false), (Standing(second).StartsAt, Standing(second).IsPromised));
    }

    [Fact]
    public void It_is_unknown_while_one_of_the_nodes_has_no_known_end()
    {
        Nodes(2, gpus: 4);
        _pool.Enqueue("ann", gpus: 4, minutes: 30);
        _pool.Enqueue("ann", gpus: 4, minutes: null);
        _pool.Settle();
        var waiting = _pool.Enqueue("bob", gpus: 4, nodes: 2, minutes: 60);

        Assert.Null(Standing(waiting).StartsAt);
    }

    [Fact]
    public void Where_like_runs_tell_the_end_it_is_an_estimate_from_history()
    {
        Nodes(2, gpus: 4);
        _pool.Enqueue("ann", gpus: 4, minutes: 30);
        _pool.Enqueue("ann", gpus: 4, minutes: null, likely: 45);
        _pool.Settle();
        var waiting = _pool.Enqueue("bob", gpus: 4, nodes: 2, minutes: 60);

        Assert.Equal((_pool.Now.AddMinutes(45), true), (Standing(waiting).StartsAt, Standing(waiting).IsFromHistory));
    }

    [Fact]
    public void Free_slots_of_several_nodes_are_not_taken_for_one_node()
    {
        Nodes(2, gpus: 4);
        _pool.Enqueue("ann", gpus: 2, minutes: 30);
        _pool.Enqueue("ann", gpus: 2, minutes: 30);
        _pool.Enqueue("ann", gpus: 2, minutes: 60);
        _pool.Enqueue("ann", gpus: 2, minutes: 60);
        _pool.Settle();
        var waiting = _pool.Enqueue("bob", gpus: 4, minutes: 60);

        Assert.Equal(_pool.Now.AddMinutes(60), Standing(waiting).StartsAt);
    }

    [Fact]
    public void What_runs_on_a_node_that_is_gone_makes_no_room()
    {
        Nodes(2, gpus: 1);
        _pool.Enqueue("ann", minutes: 30);
        _pool.Enqueue("ann", minutes: 60);
        _pool.Settle();
        _pool.RemoveNode("node-0");
        var waiting = _pool.Enqueue("bob");

        Assert.Equal(_pool.Now.AddMinutes(60), Standing(waiting).StartsAt);
    }

    [Fact]
    public void Whom_a_limit_holds_back_is_told_when_it_lets_go()
    {
        var pool = new VirtualPool(VirtualPool.Options with { OwnerRuns = 1 });
        pool.AddNode("node", 8);
        pool.Enqueue("ann", minutes: 20);
        pool.Settle();
        var second = pool.Enqueue("ann");
        var standing = pool.Scheduler.Standings(pool.Now)(second)!;

        Assert.Equal((RunHold.OwnerRuns, pool.Now.AddMinutes(20)), (standing.Hold, standing.StartsAt));
    }

    [Fact]
    public void In_a_busy_pool_all_who_look_within_seconds_share_a_forecast_and_later_ones_have_another()
    {
        _pool.AddNode("node", 1);
        for (var i = 0; i < 200; i++)
        {
            _pool.Enqueue("ann", minutes: 1);
        }
        _pool.Settle();
        var last = _pool.Enqueue("ann", minutes: 1);
        Assert.Equal(_pool.Now.AddMinutes(200), Standing(last).StartsAt);

        _pool.End(0);
        _pool.Settle();
        Assert.Equal(_pool.Now.AddMinutes(200), Standing(last).StartsAt);

        _pool.Pass(TimeSpan.FromSeconds(5));
        Assert.Equal(_pool.Now.AddSeconds(-5).AddMinutes(199), Standing(last).StartsAt);
    }

    private RunStanding Standing(RunId id) => _pool.Scheduler.Standings(_pool.Now)(id)!;

    private void Nodes(int count, int gpus)
    {
        for (var i = 0; i < count; i++)
        {
            _pool.AddNode($"node-{i}", gpus);
        }
    }
}
