using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools.Matching;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Core.Tests.Pools.Scheduling;

/// <summary>Who gets which node.</summary>
public sealed class PoolSchedulerTests
{
    private readonly VirtualPool _pool = new(VirtualPool.Options);

    [Fact]
    public void A_node_that_has_room_when_it_is_reserved_is_given_at_once()
    {
        var pool = new VirtualPool(VirtualPool.Options with { LongestWait = TimeSpan.FromHours(1) });
        pool.AddNode("node", gpus: 8);
        pool.Enqueue("ann", gpus: 8, minutes: 600);
        pool.Settle();
        var oldest = pool.Enqueue("ann", gpus: 8);
        pool.Pass(TimeSpan.FromMinutes(1));
        var firstByShare = pool.Enqueue("bob", gpus: 8);

        pool.Pass(TimeSpan.FromHours(12));

        Assert.Equal([oldest, firstByShare], pool.Started.Skip(1).Select(each => each.Run.RunId));
    }

    [Fact]
    public void A_run_goes_where_it_leaves_the_fewest_holes()
    {
        _pool.AddNode("eight", 8);
        _pool.AddNode("two", 2);
        _pool.AddNode("cpu", 0);
        foreach (var gpus in new[] { 1, 0, 1, 8 })
        {
            _pool.Enqueue("ann", gpus);
            _pool.Settle();
        }

        Assert.Equal(["two", "cpu", "two", "eight"], _pool.Started.Select(decision => decision.Nodes[0]));
    }

    [Fact]
    public void A_hundred_runs_of_one_owner_delay_the_first_of_another_by_at_most_one()
    {
        _pool.AddNode("node", 4);
        for (var i = 0; i < 100; i++)
        {
            _pool.Enqueue("ann", minutes: 10 + i);
        }
        _pool.Settle();
        var other = _pool.Enqueue("bob");

        var before = _pool.Started.Count;
        _pool.Pass(TimeSpan.FromMinutes(10));

        Assert.Equal(other, _pool.Started[before].Run.RunId);
    }

    [Fact]
    public void Owners_who_begin_together_take_turns()
    {
        _pool.AddNode("node", 4);
        for (var i = 0; i < 10; i++)
        {
            _pool.Enqueue("ann");
        }
        for (var i = 0; i < 10; i++)
        {
            _pool.Enqueue("bob");
        }

        Assert.Equal(2, _pool.Settle().Count(decision => decision.Run.Owner == "bob"));
    }

    [Fact]
    public void An_owner_with_three_times_the_weight_gets_three_times_as_much()
    {
        var pool = new VirtualPool(
            VirtualPool.Options with
            {
                Weights = new Dictionary<string, double> { ["ann"] = 3 },
                HalfLife = TimeSpan.FromDays(1),
            }
        );
        pool.AddNode("node", 8);
        for (var i = 0; i < 400; i++)
        {
            pool.Enqueue("ann");
            pool.Enqueue("bob");
        }
        pool.Settle();
        pool.Pass(TimeSpan.FromHours(40));

        var ann = pool.Started.Count(decision => decision.Run.Owner == "ann");
        Assert.InRange(ann / (double)pool.Started.Count, 0.74, 0.76);
    }

    [Fact]
    public void Within_an_owner_priority_goes_before_age_and_passes_no_other_owner()
    {
        _pool.AddNode("node", 1);
        _pool.Enqueue("ann");
        _pool.Settle();
        var low = _pool.Enqueue("ann", priority: -1);
        var normal = _pool.Enqueue("ann");
        var high = _pool.Enqueue("ann", priority: 1);
        var other = _pool.Enqueue("bob", priority: -1);

        _pool.Pass(TimeSpan.FromHours(10));

        Assert.Equal([other, high, normal, low], _pool.Started.Skip(1).Select(decision => decision.Run.RunId));
    }

    [Fact]
    public void What_ends_in_time_goes_ahead_of_a_reservation_and_what_does_not_waits()
    {
        _pool.AddNode("node", 8);
        _pool.Enqueue("ann", gpus: 4, minutes: 60);
        _pool.Settle();
        var large = _pool.Enqueue("bob", gpus: 8);
        var late = _pool.Enqueue("carol", minutes: 61);
        var unlimited = _pool.Enqueue("dora", minutes: null);
        var intime = _pool.Enqueue("emil", minutes: 60);

        var decision = Assert.Single(_pool.Settle());
        Assert.Equal((intime, true), (decision.Run.RunId, decision.IsBackfill));
        _pool.Pass(TimeSpan.FromMinutes(60));
        Assert.Equal(large, _pool.Started[^1].Run.RunId);
        _pool.Pass(TimeSpan.FromMinutes(60));
        Assert.Equal([late, unlimited], _pool.Started.TakeLast(2).Select(each => each.Run.RunId));
    }

    [Fact]
    public void What_fits_beside_a_reservation_goes_ahead_whatever_its_time()
    {
        _pool.AddNode("node", 8);
        _pool.Enqueue("ann", gpus: 6, minutes: 60);
        _pool.Settle();
        var large = _pool.Enqueue("bob", gpus: 7);
        var beside = _pool.Enqueue("carol", gpus: 1, minutes: null);
        var another = _pool.Enqueue("dora", gpus: 1, minutes: null);

        Assert.Equal([beside], _pool.Settle().Select(decision => decision.Run.RunId));
        _pool.Pass(TimeSpan.FromMinutes(60));
        Assert.Equal([large], _pool.Started.Skip(2).Select(decision => decision.Run.RunId));
        Assert.NotNull(_pool.Scheduler.Find(another));
    }

    [Fact]
    public void Nothing_goes_ahead_on_a_node_whose_runs_have_no_known_end()
    {
        _pool.AddNode("node", 4);
        _pool.Enqueue("ann", minutes: null);
        _pool.Settle();
        _pool.Enqueue("bob", gpus: 4);
        _pool.Enqueue("carol", minutes: 1);

        Assert.Empty(_pool.Settle());
    }

    [Fact]
    public void Disk_that_lacks_is_waited_for_and_who_asks_for_none_goes_ahead_whatever_its_time()
    {
        _pool.AddNode("node", 4, disk: 100);
        var first = _pool.Enqueue("ann", minutes: null, disk: 60);
        Assert.Equal(first, Assert.Single(_pool.Settle()).Run.RunId);

        var second = _pool.Enqueue("bob", minutes: null, disk: 60);
        var little = _pool.Enqueue("carol", minutes: null, disk: 10);
        var without = _pool.Enqueue("carol", minutes: null);
        var another = _pool.Enqueue("dora", gpus: 2, minutes: null);

        Assert.Equal([without], _pool.Settle().Select(each => each.Run.RunId));
        _pool.End(0);
        Assert.Equal([second, another], _pool.Settle().Select(each => each.Run.RunId));
        Assert.Equal(little, Assert.Single(_pool.Scheduler.Waiting(_pool.Now, 9)).RunId);
    }

    [Fact]
    public void A_reservation_is_given_up_with_its_run()
    {
        _pool.AddNode("node", 2);
        _pool.Enqueue("ann");
        _pool.Settle();
        var large = _pool.Enqueue("bob", gpus: 2);
        var small = _pool.Enqueue("carol", minutes: null);
        Assert.Empty(_pool.Settle());

        _pool.Cancel(large);

        Assert.Equal(small, Assert.Single(_pool.Settle()).Run.RunId);
    }

    [Fact]
    public void A_reservation_moves_when_its_node_goes()
    {
        _pool.AddNode("a", 2);
        _pool.AddNode("b", 2);
        _pool.Enqueue("ann", minutes: 30);
        _pool.Enqueue("ann", gpus: 2, minutes: 90);
        _pool.Settle();
        var large = _pool.Enqueue("bob", gpus: 2);
        _pool.Enqueue("carol", minutes: 300);
        Assert.Empty(_pool.Settle());

        _pool.RemoveNode(_pool.Started[0].Nodes[0]);
        _pool.Pass(TimeSpan.FromMinutes(90));

        Assert.Equal((large, "b"), (_pool.Started[^1].Run.RunId, _pool.Started[^1].Nodes[0]));
    }

    [Fact]
    public void A_run_of_several_nodes_gets_all_or_none()
    {
        _pool.AddNode("a", 2);
        _pool.AddNode("b", 2);
        _pool.AddNode("c", 2);
        _pool.Enqueue("ann", gpus: 2, minutes: 30);
        _pool.Enqueue("ann", gpus: 2, minutes: 60);
        _pool.Settle();
        var gang = _pool.Enqueue("bob", gpus: 2, nodes: 3);
        _pool.Enqueue("carol", gpus: 1, minutes: null);
        Assert.Empty(_pool.Settle());

        _pool.Pass(TimeSpan.FromMinutes(59));
        Assert.Equal(2, _pool.Started.Count);
        _pool.Pass(TimeSpan.FromMinutes(1));

        Assert.Equal(gang, _pool.Started[2].Run.RunId);
        Assert.Equal(["a", "b", "c"], _pool.Started[2].Nodes.Order());
    }

    [Fact]
    public void A_run_may_take_sixty_four_equal_nodes_at_once()
    {
        for (var i = 0; i < 64; i++)
        {
            _pool.AddNode($"node-{i}", 1);
        }
        var gang = _pool.Enqueue("ann", gpus: 1, nodes: 64);

        var decision = Assert.Single(_pool.Settle());

        Assert.Equal((gang, 64), (decision.Run.RunId, decision.Nodes.Distinct().Count()));
    }

    [Fact]
    public void Usage_counts_once_however_often_a_run_is_told_and_less_when_a_node_of_it_is_done()
    {
        var begun = DateTimeOffset.UnixEpoch;
        var scheduler = new PoolScheduler(new SchedulingOptions { HalfLife = TimeSpan.FromDays(365) });
        var run = new QueuedRun
        {
            RunId = RunId.New(),
            Owner = "ann",
            Age = 1,
            QueuedAt = begun,
            Needs = new RunNeeds { Gpus = 1 },
            Nodes = 2,
        };
        scheduler.Start(Running("a", "b"), begun);
        scheduler.Start(Running("a", "b"), begun.AddSeconds(100));
        Assert.Equal(200, scheduler.UsageOf("ann", begun.AddSeconds(100)), tolerance: 0.01);

        scheduler.Start(Running("a"), begun.AddSeconds(100));
        Assert.Equal(300, scheduler.UsageOf("ann", begun.AddSeconds(200)), tolerance: 0.01);
        scheduler.Forget(run.RunId, begun.AddSeconds(200));
        Assert.Equal(300, scheduler.UsageOf("ann", begun.AddSeconds(300)), tolerance: 0.01);

        RunningRun Running(params string[] nodes) =>
            new()
            {
                Run = run with { Nodes = nodes.Length },
                Nodes = nodes,
                StartedAt = begun,
            };
    }

    [Fact]
    public void Limits_hold_an_owner_back_and_nobody_else()
    {
        var pool = new VirtualPool(VirtualPool.Options with { OwnerGpus = 3, OwnerRuns = 2 });
        pool.AddNode("node", 8);
        pool.Enqueue("ann", gpus: 2);
        pool.Enqueue("ann", gpus: 2);
        pool.Enqueue("ann", gpus: 1);
        pool.Enqueue("ann", gpus: 0);
        pool.Enqueue("bob", gpus: 1);

        Assert.Equal(
            [("ann", 2), ("bob", 1), ("ann", 1)],
            pool.Settle().Select(decision => (decision.Run.Owner, decision.Run.Needs.Gpus))
        );
        pool.Pass(TimeSpan.FromHours(3));
        Assert.Equal(5, pool.Started.Count);
    }

    [Fact]
    public void The_pools_own_limits_hold_all_back()
    {
        var pool = new VirtualPool(VirtualPool.Options with { PoolGpus = 4, PoolRuns = 4 });
        pool.AddNode("node", 8);
        for (var i = 0; i < 3; i++)
        {
            pool.Enqueue("ann", gpus: 2);
            pool.Enqueue("bob", gpus: 0);
        }

        Assert.Equal((4, 1), (pool.Settle().Count, pool.Started.Count(each => each.Run.Needs.Gpus == 2)));
        pool.Enqueue("ann", gpus: 4);
        pool.Pass(TimeSpan.FromMinutes(60));
        Assert.Equal(2, pool.Started.Skip(4).Count(each => each.Run.Needs.Gpus == 2));
    }

    [Fact]
    public void Small_runs_of_ever_new_owners_do_not_starve_a_large_one()
    {
        var pool = new VirtualPool(VirtualPool.Options with { LongestWait = TimeSpan.FromHours(6) });
        pool.AddNode("node", 4);
        pool.Enqueue("busy", gpus: 4, minutes: 60);
        pool.Settle();
        var large = pool.Enqueue("busy", gpus: 4);
        var hours = 0;
        for (; pool.Started.TrueForAll(each => each.Run.RunId != large) && hours < 48; hours++)
        {
            for (var i = 0; i < 6; i++)
            {
                pool.Enqueue($"new-{hours}-{i}", minutes: 45 + i);
            }
            pool.Settle();
            pool.Pass(TimeSpan.FromMinutes(60));
        }

        Assert.InRange(hours, 1, 8);
    }

    [Fact]
    public void What_a_node_failed_goes_to_another_while_one_would_do()
    {
        _pool.AddNode("bad", 2);
        _pool.AddNode("good", 2);
        var run = new QueuedRun
        {
            RunId = RunId.New(),
            Owner = "ann",
            Age = 1,
            QueuedAt = _pool.Now,
            Needs = new() { Gpus = 1 },
            Avoided = ["bad"],
            AvoidUntil = _pool.Now.AddMinutes(5),
        };
        _pool.Scheduler.Enqueue(run, _pool.Now);
        _pool.RemoveNode("good");
        _pool.AddNode("good", 2);

        Assert.Equal("good", Assert.Single(_pool.Settle()).Nodes[0]);
        _pool.RemoveNode("good");
        _pool.Scheduler.Enqueue(run with { RunId = RunId.New() }, _pool.Now);
        Assert.Equal("bad", Assert.Single(_pool.Settle()).Nodes[0]);
    }

    [Fact]
    public void A_node_that_failed_a_run_is_one_of_its_several_when_the_others_are_too_few()
    {
        _pool.AddNode("bad", 2);
        _pool.AddNode("good", 2);
        var run = new QueuedRun
        {
            RunId = RunId.New(),
            Owner = "ann",
            Age = 1,
            QueuedAt = _pool.Now,
            Needs = new() { Gpus = 1 },
            Nodes = 2,
            Avoided = ["bad"],
            AvoidUntil = _pool.Now.AddMinutes(5),
        };
        _pool.Scheduler.Enqueue(run, _pool.Now);
        Assert.Equal(["bad", "good"], Assert.Single(_pool.Settle()).Nodes.Order());

        _pool.AddNode("better", 2);
        _pool.Scheduler.Enqueue(run with { RunId = RunId.New() }, _pool.Now);
        Assert.Equal(["better", "good"], Assert.Single(_pool.Settle()).Nodes.Order());
    }
}
