using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Core.Tests.Pools.Scheduling;

/// <summary>What holds a waiting run back, and until when.</summary>
public sealed class StandingsTests
{
    private readonly VirtualPool _pool = new(VirtualPool.Options);

    [Fact]
    public void A_run_knows_how_many_are_before_it_with_other_owners_taking_turns()
    {
        _pool.AddNode("node", 1);
        _pool.Enqueue("ann");
        _pool.Settle();
        _pool.Pass(TimeSpan.FromMinutes(10));
        _pool.Enqueue("ann");
        var third = _pool.Enqueue("ann");
        var other = _pool.Enqueue("bob");

        Assert.Equal((0, 2), (Standing(other).Ahead, Standing(third).Ahead));
        Assert.Equal((1.0, 0.5), (Standing(third).OwnerPart, Standing(third).OwnerShare));
    }

    [Fact]
    public void A_start_is_estimated_from_what_runs_and_unknown_where_that_has_no_end()
    {
        _pool.AddNode("node", 2);
        _pool.Enqueue("ann", minutes: 30);
        _pool.Enqueue("ann", minutes: null);
        _pool.Settle();
        var first = _pool.Enqueue("bob", minutes: null);
        var second = _pool.Enqueue("bob");

        Assert.Equal((_pool.Now.AddMinutes(30), false), (Standing(first).StartsAt, Standing(first).IsPromised));
        Assert.Null(Standing(second).StartsAt);
    }

    [Fact]
    public void Where_what_runs_has_no_end_like_runs_tell_it_and_that_is_said()
    {
        _pool.AddNode("node", 2);
        _pool.Enqueue("ann", minutes: 30);
        _pool.Enqueue("ann", minutes: null, likely: 45);
        _pool.Settle();
        var first = _pool.Enqueue("bob");
        var second = _pool.Enqueue("bob");

        Assert.Equal((_pool.Now.AddMinutes(30), false), (Standing(first).StartsAt, Standing(first).IsFromHistory));
        Assert.Equal((_pool.Now.AddMinutes(45), true), (Standing(second).StartsAt, Standing(second).IsFromHistory));
        Assert.False(Standing(second).IsPromised);
        Assert.EndsWith("; about 11-27 20:45 UTC if runs take as long as like ones did (an estimate)", Message(second));
        Assert.EndsWith("; about 11-27 20:30 UTC if all runs take their time", Message(first));
    }

    [Fact]
    public void A_run_that_takes_longer_than_its_like_did_tells_nothing_any_more()
    {
        _pool.AddNode("node", 1);
        _pool.Enqueue("ann", minutes: null, likely: 45);
        _pool.Settle();
        var waiting = _pool.Enqueue("bob");
        Assert.Equal(_pool.Now.AddMinutes(45), Standing(waiting).StartsAt);

        _pool.Pass(TimeSpan.FromMinutes(46));

        Assert.Null(Standing(waiting).StartsAt);
        Assert.EndsWith(
            "when it begins is unknown: what runs has no max_duration, and no like runs before it",
            Message(waiting)
        );
    }

    [Fact]
    public void A_max_duration_goes_before_what_like_runs_took()
    {
        _pool.AddNode("node", 1);
        _pool.Enqueue("ann", minutes: 60, likely: 5);
        _pool.Settle();
        var waiting = _pool.Enqueue("bob");

        Assert.Equal((_pool.Now.AddMinutes(60), false), (Standing(waiting).StartsAt, Standing(waiting).IsFromHistory));
    }

    [Fact]
    public void What_like_runs_took_promises_nothing()
    {
        _pool.AddNode("node", 2);
        _pool.Enqueue("ann", minutes: null, likely: 30);
        _pool.Settle();
        var large = _pool.Enqueue("bob", gpus: 2);
        var small = _pool.Enqueue("carol", minutes: 10);
        _pool.Settle();

        Assert.Equal(
            (RunHold.Reserved, _pool.Now.AddMinutes(30), false, true),
            (Standing(large).Hold, Standing(large).StartsAt, Standing(large).IsPromised, Standing(large).IsFromHistory)
        );
        Assert.Contains(
            "; a node is kept for it, about 11-27 20:30 UTC if runs take as long as like ones",
            Message(large)
        );
        Assert.Equal(RunHold.ReservedForOthers, Standing(small).Hold);
    }

    [Fact]
    public void A_reservation_is_promised_and_what_it_keeps_free_is_told_to_the_others()
    {
        _pool.AddNode("node", 4);
        _pool.Enqueue("ann", gpus: 2, minutes: 30);
        _pool.Settle();
        var large = _pool.Enqueue("bob", gpus: 4);
        var small = _pool.Enqueue("carol", minutes: 60);
        // The first that could have what is free is what makes it kept.
        _pool.Settle();

        Assert.Equal(
            (RunHold.Reserved, _pool.Now.AddMinutes(30), true),
            (Standing(large).Hold, Standing(large).StartsAt, Standing(large).IsPromised)
        );
        Assert.Equal(RunHold.ReservedForOthers, Standing(small).Hold);
        Assert.Contains("a node is kept for it, it begins by 11-27 20:30 UTC", Message(large));
        Assert.Contains("what is free is kept for a larger run", Message(small));
    }

    [Fact]
    public void A_limit_says_which_and_how_much()
    {
        var pool = new VirtualPool(VirtualPool.Options with { OwnerGpus = 3, OwnerRuns = 2 });
        pool.AddNode("node", 8);
        pool.Enqueue("ann", gpus: 2);
        pool.Settle();
        var gpus = pool.Enqueue("ann", gpus: 2);
        var standing = pool.Scheduler.Standings(pool.Now)(gpus)!;

        Assert.Equal((RunHold.OwnerGpus, 3), (standing.Hold, standing.Limit));
        Assert.Equal(
            "your runs may hold 3 GPUs at once, and do or would with this one; it begins about 11-27 21:00 UTC if all runs take their time",
            Message(standing)
        );
        pool.Enqueue("ann", gpus: 0);
        pool.Settle();
        Assert.Equal(RunHold.OwnerRuns, pool.Scheduler.Standings(pool.Now)(gpus)!.Hold);
    }

    [Fact]
    public void What_does_not_wait_has_no_standing() => Assert.Null(_pool.Scheduler.Standings(_pool.Now)(RunId.New()));

    private RunStanding Standing(RunId id) => _pool.Scheduler.Standings(_pool.Now)(id)!;

    private string Message(RunId id) => Message(Standing(id));

    private static string Message(RunStanding standing) =>
        QueueReasons
            .Of(
                new QueuePosition
                {
                    Ahead = standing.Ahead,
                    NeededGpus = standing.Run.Needs.Gpus,
                    FreeSlots = 0,
                    Nodes = 1,
                    CpuOnly = false,
                    Standing = standing,
                }
            )!
            .Message;
}
