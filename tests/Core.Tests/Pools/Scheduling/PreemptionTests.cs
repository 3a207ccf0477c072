using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Core.Tests.Pools.Scheduling;

/// <summary>Which run gives way to which.</summary>
public sealed partial class PreemptionTests
{
    private static readonly SchedulingOptions Options = VirtualPool.Options with { Preemption = true };

    private readonly VirtualPool _pool = new(Options);

    [Fact]
    public void An_urgent_run_gets_the_room_of_the_youngest_and_nobody_else_does()
    {
        _pool.AddNode("node", 2);
        var old = Running(preemptible: true);
        _pool.Pass(TimeSpan.FromMinutes(20));
        var young = Running(preemptible: true);
        _pool.Pass(TimeSpan.FromMinutes(20));
        var urgent = _pool.Enqueue("ann", priority: 1);

        var told = Assert.Single(_pool.Preempt());

        Assert.Equal((young, 1, urgent), (told.RunId, told.Attempt, told.Order.For));
        Assert.Equal((true, 1, _pool.Now), (told.Order.IsSameOwner, told.Order.Priority, told.Order.At));
        Assert.Empty(_pool.Preempt());
        _pool.Enqueue("bob");
        _pool.Leave(told);
        Assert.Equal(urgent, Assert.Single(_pool.Settle()).Run.RunId);
        Assert.Contains(_pool.Running, each => each.Decision.Run.RunId == old);
    }

    [Fact]
    public void Between_owners_the_one_who_used_less_goes_first_whatever_the_priority()
    {
        _pool.AddNode("node", 1);
        var own = Running(preemptible: true, priority: 1);
        _pool.Pass(TimeSpan.FromMinutes(20));
        var other = _pool.Enqueue("bob");

        var told = Assert.Single(_pool.Preempt());

        Assert.Equal((own, other, false), (told.RunId, told.Order.For, told.Order.IsSameOwner));
    }

    [Fact]
    public void An_owner_who_used_more_does_not_take_the_room_of_one_who_used_less()
    {
        _pool.AddNode("node", 1);
        _pool.Scheduler.SetUsage("ann", 1_000_000, _pool.Now);
        _pool.Enqueue("bob", preemptible: true);
        _pool.Settle();
        _pool.Pass(TimeSpan.FromMinutes(20));
        _pool.Enqueue("ann", priority: 1);

        Assert.Empty(_pool.Preempt());
    }

    [Theory]
    [InlineData(0, false)] // of the same rank
    [InlineData(-1, false)] // may wait
    [InlineData(1, true)] // may be stopped itself
    public void A_run_that_may_wait_makes_nobody_give_way(int priority, bool preemptible)
    {
        _pool.AddNode("node", 1);
        Running(preemptible: true);
        _pool.Pass(TimeSpan.FromMinutes(20));
        _pool.Enqueue("ann", priority: priority, preemptible: preemptible);

        Assert.Empty(_pool.Preempt());
    }

    [Fact]
    public void A_run_that_may_wait_makes_no_run_of_another_owner_give_way()
    {
        _pool.AddNode("node", 1);
        Running(preemptible: true);
        _pool.Pass(TimeSpan.FromMinutes(20));
        _pool.Enqueue("bob", priority: -1);

        Assert.Empty(_pool.Preempt());
    }

    [Fact]
    public void Without_preemption_nobody_gives_way()
    {
        var pool = new VirtualPool(VirtualPool.Options);
        pool.AddNode("node", 1);
        pool.Enqueue("ann", preemptible: true);
        pool.Settle();
        pool.Pass(TimeSpan.FromMinutes(20));
        pool.Enqueue("ann", priority: 1);

        Assert.Empty(pool.Preempt());
    }

    [Fact]
    public void Who_did_not_consent_is_never_stopped_and_nobody_in_vain()
    {
        _pool.AddNode("node", 4);
        Running(preemptible: false, gpus: 3);
        Running(preemptible: true);
        _pool.Enqueue("ann", gpus: 2, priority: 1);

        Assert.Empty(_pool.Preempt());
    }

    [Fact]
    public void Where_there_is_room_or_soon_will_be_nobody_gives_way()
    {
        _pool.AddNode("node", 2);
        Running(preemptible: true, minutes: 600);
        _pool.Enqueue("ann", priority: 1, minutes: 22);
        Assert.Empty(_pool.Preempt());

        _pool.Settle();
        _pool.Pass(TimeSpan.FromMinutes(20.5));
        _pool.Enqueue("ann", priority: 1);
        Assert.Empty(_pool.Preempt());
    }

    [Fact]
    public void The_least_work_is_lost()
    {
        _pool.AddNode("old", 1);
        _pool.AddNode("mixed", 4);
        Running(preemptible: true, minutes: null);
        _pool.Pass(TimeSpan.FromHours(5));
        var two = Running(preemptible: true, gpus: 2, minutes: null);
        _pool.Pass(TimeSpan.FromMinutes(1));
        Running(preemptible: true, gpus: 1, minutes: null);
        Running(preemptible: true, gpus: 1, minutes: null);
        _pool.Pass(TimeSpan.FromMinutes(30));
        _pool.Enqueue("ann", gpus: 2, priority: 1);

        // 62 minutes of GPUs against 60.
        Assert.Equal(2, _pool.Preempt().Count);
        Assert.DoesNotContain(_pool.Preempted, each => each.RunId == two);
    }

    [Fact]
    public void What_turns_out_not_to_be_needed_stays()
    {
        _pool.AddNode("node", 4);
        var large = Running(preemptible: true, gpus: 3);
        _pool.Pass(TimeSpan.FromMinutes(10));
        Running(preemptible: true, gpus: 1);
        _pool.Pass(TimeSpan.FromMinutes(10));
        _pool.Enqueue("ann", gpus: 3, priority: 1);

        Assert.Equal(large, Assert.Single(_pool.Preempt()).RunId);
    }

    [Fact]
    public void A_run_that_needs_two_nodes_gets_both_or_none()
    {
        _pool.AddNode("a", 2);
        _pool.AddNode("b", 2);
        Running(preemptible: true, gpus: 2);
        var second = Running(preemptible: false, gpus: 2, minutes: 600);
        var both = _pool.Enqueue("ann", gpus: 2, nodes: 2, priority: 1);
        Assert.Empty(_pool.Preempt());

        _pool.End(_pool.Running.FindIndex(each => each.Decision.Run.RunId == second));
        _pool.Leave(Assert.Single(_pool.Preempt()));

        Assert.Equal(both, Assert.Single(_pool.Settle()).Run.RunId);
    }

    [Fact]
    public void A_run_that_gave_way_is_protected_for_a_while_and_at_last_for_good()
    {
        _pool.AddNode("node", 1);
        Running(preemptible: true, minutes: null, preemptions: 9);
        _pool.Enqueue("ann", priority: 1);
        _pool.Pass(TimeSpan.FromMinutes(9));
        Assert.Empty(_pool.Preempt());

        _pool.Pass(TimeSpan.FromMinutes(1));
        _pool.Leave(Assert.Single(_pool.Preempt()));
        _pool.Settle();
        _pool.Pass(TimeSpan.FromHours(2));
        _pool.Enqueue("ann", priority: 1);
        _pool.Pass(TimeSpan.FromHours(20));

        Assert.Equal(10, Assert.Single(_pool.Running).Decision.Run.Preemptions);
        Assert.Empty(_pool.Preempt());
    }

    [Fact]
    public void After_a_restart_no_second_run_gives_way()
    {
        _pool.AddNode("node", 2);
        Running(preemptible: true);
        Running(preemptible: true);
        var urgent = _pool.Enqueue("ann", priority: 1);
        var told = Assert.Single(_pool.Preempt());
        var restarted = Restarted(told);
        Enqueue(restarted, urgent);

        Assert.Empty(restarted.Preempt(_pool.Now));

        Assert.Equal(RunHold.Preempting, restarted.Standings(_pool.Now)(urgent)!.Hold);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_room_that_is_left_is_kept_also_where_another_process_decided(bool knowsWhenItIsTold)
    {
        _pool.AddNode("node", 2);
        Running(preemptible: true);
        Running(preemptible: true);
        var urgent = _pool.Enqueue("ann", gpus: 2, priority: 1);
        var told = _pool.Preempt();
        Assert.Equal(2, told.Count);
        var other = Restarted([.. told], knowsWhenItIsTold ? urgent : null);
        Enqueue(other, urgent);
        _pool.Enqueue("bob");
        other.Enqueue(_pool.Scheduler.Waiting(_pool.Now, 10).Single(run => run.Owner == "bob"), _pool.Now);

        other.Forget(told[0].RunId, _pool.Now);
        other.Ask("node", new Resources(1, 64, 1L << 40, 0));
        Assert.Empty(other.Decide(_pool.Now));
        other.Forget(told[1].RunId, _pool.Now);
        other.Ask("node", new Resources(2, 64, 1L << 40, 0));
        Assert.Equal(urgent, Assert.Single(other.Decide(_pool.Now)).Run.RunId);
    }

    [Fact]
    public void A_run_that_does_not_leave_is_given_up_and_another_is_told()
    {
        _pool.AddNode("node", 2);
        Running(preemptible: true, minutes: null);
        Running(preemptible: true, minutes: null);
        _pool.Enqueue("ann", priority: 1);
        var first = Assert.Single(_pool.Preempt());
        _pool.Pass(TimeSpan.FromMinutes(3));
        Assert.Empty(_pool.Preempt());

        _pool.Pass(TimeSpan.FromMinutes(3));

        Assert.NotEqual(first.RunId, Assert.Single(_pool.Preempt()).RunId);
    }

    [Fact]
    public void What_could_not_be_told_is_decided_anew()
    {
        _pool.AddNode("node", 1);
        Running(preemptible: true);
        _pool.Enqueue("ann", priority: 1);
        var told = Assert.Single(_pool.Preempt());

        _pool.NotPreempted(told);

        Assert.Equal(told, Assert.Single(_pool.Preempt()));
    }

    [Fact]
    public void A_run_that_an_owners_limit_holds_back_makes_nobody_give_way()
    {
        var pool = new VirtualPool(Options with { OwnerRuns = 1 });
        pool.AddNode("node", 1);
        pool.Enqueue("ann", preemptible: true);
        pool.Settle();
        pool.Enqueue("ann", priority: 1);

        Assert.Empty(pool.Preempt());
    }

    [Fact]
    public void Telling_twice_that_a_run_runs_does_not_count_its_use_twice()
    {
        _pool.AddNode("node", 1);
        Running(preemptible: false);
        var decision = _pool.Running[0].Decision;
        var since = _pool.Now;
        _pool.Pass(TimeSpan.FromMinutes(30));
        var used = _pool.Scheduler.UsageOf("ann", _pool.Now);

        _pool.Scheduler.Start(
            new RunningRun
            {
                Run = decision.Run,
                Nodes = decision.Nodes,
                StartedAt = since,
            },
            _pool.Now
        );

        Assert.Equal(used, _pool.Scheduler.UsageOf("ann", _pool.Now));
    }

    private void Enqueue(PoolScheduler scheduler, RunId id) => scheduler.Enqueue(_pool.Scheduler.Find(id)!, _pool.Now);

    // What another process reads: the nodes, what runs there and what was told; and, if it comes first, what waits.
    private PoolScheduler Restarted(params Preemption[] told) => Restarted(told, waiting: null);

    private PoolScheduler Restarted(IReadOnlyList<Preemption> told, RunId? waiting, IEnumerable<string>? nodes = null)
    {
        var other = new VirtualPool(Options);
        foreach (var node in nodes ?? ["node"])
        {
            other.AddNode(node, 2);
        }
        if (waiting is { } first)
        {
            Enqueue(other.Scheduler, first);
        }
        foreach (var (decision, _) in _pool.Running)
        {
            var running = new RunningRun
            {
                Run = decision.Run,
                Nodes = decision.Nodes,
                StartedAt = _pool.Now,
                Preemption = told.SingleOrDefault(each => each.RunId == decision.Run.RunId)?.Order,
            };
            other.Scheduler.Start(running, _pool.Now);
        }
        return other.Scheduler;
    }

    private RunId Running(
        bool preemptible,
        int gpus = 1,
        int? minutes = 600,
        int priority = 0,
        int preemptions = 0,
        int nodes = 1
    )
    {
        var id = _pool.Enqueue(
            "ann",
            gpus,
            minutes,
            priority,
            nodes,
            preemptible: preemptible,
            preemptions: preemptions
        );
        Assert.Equal(id, Assert.Single(_pool.Settle()).Run.RunId);
        return id;
    }
}
