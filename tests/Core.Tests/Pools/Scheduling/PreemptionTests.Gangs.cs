using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Core.Tests.Pools.Scheduling;

/// <content>Runs on several nodes that give way, and that others give way to.</content>
public sealed partial class PreemptionTests
{
    [Fact]
    public void A_run_on_two_nodes_gives_way_as_a_whole_and_what_it_leaves_is_used()
    {
        AddNodes(2, gpus: 2);
        var gang = Running(preemptible: true, gpus: 2, nodes: 2);
        _pool.Pass(TimeSpan.FromMinutes(20));
        var urgent = _pool.Enqueue("ann", gpus: 2, priority: 1);

        var told = Assert.Single(_pool.Preempt());
        Assert.Equal((gang, urgent), (told.RunId, told.Order.For));
        Assert.Single(told.Order.Nodes);
        Assert.Empty(_pool.Preempt());
        var other = _pool.Enqueue("bob", gpus: 2);
        _pool.Leave(told);

        // The other node is for whoever is next; the run itself waits for both.
        Assert.Equal(new HashSet<RunId> { urgent, other }, Settled());
        Assert.Equal(
            (gang, 2),
            _pool.Scheduler.Waiting(_pool.Now, 10).Select(run => (run.RunId, run.Attempt)).Single()
        );
    }

    [Fact]
    public void What_one_run_leaves_on_its_other_node_serves_the_next_and_nobody_else_gives_way()
    {
        AddNodes(3, gpus: 2);
        var single = Running(preemptible: true, gpus: 2);
        _pool.Pass(TimeSpan.FromHours(9));
        var gang = Running(preemptible: true, gpus: 2, nodes: 2);
        _pool.Pass(TimeSpan.FromMinutes(20));
        var first = _pool.Enqueue("ann", gpus: 2, priority: 1);
        var second = _pool.Enqueue("ann", gpus: 2, priority: 1);

        var told = Assert.Single(_pool.Preempt());

        Assert.Equal(gang, told.RunId);
        Assert.Equal(
            [RunHold.Preempting, RunHold.Preempting],
            new[] { first, second }.Select(id => _pool.Scheduler.Standings(_pool.Now)(id)!.Hold)
        );
        _pool.Leave(told);
        Assert.Equal(new HashSet<RunId> { first, second }, Settled());
        Assert.Contains(_pool.Running, each => each.Decision.Run.RunId == single);
    }

    [Theory]
    [InlineData(15, true)] // 2 nodes for 15 minutes are less than 1 for 40.
    [InlineData(30, false)] // for 30 minutes they are more than 1 for 55.
    public void A_run_on_two_nodes_costs_the_work_of_both(int minutes, bool isGang)
    {
        AddNodes(3, gpus: 2);
        var single = Running(preemptible: true, gpus: 2);
        _pool.Pass(TimeSpan.FromMinutes(25));
        var gang = Running(preemptible: true, gpus: 2, nodes: 2);
        _pool.Pass(TimeSpan.FromMinutes(minutes));
        _pool.Enqueue("ann", gpus: 2, priority: 1);

        Assert.Equal(isGang ? gang : single, Assert.Single(_pool.Preempt()).RunId);
    }

    [Fact]
    public void One_run_on_two_nodes_is_stopped_rather_than_two_on_one_each()
    {
        AddNodes(4, gpus: 2);
        Running(preemptible: true, gpus: 2);
        Running(preemptible: true, gpus: 2);
        _pool.Pass(TimeSpan.FromMinutes(5));
        var gang = Running(preemptible: true, gpus: 2, nodes: 2);
        _pool.Pass(TimeSpan.FromMinutes(20));
        var urgent = _pool.Enqueue("ann", gpus: 2, priority: 1, nodes: 2);

        // 100 minutes of slots for both of its nodes, against 100 for two runs of 25 minutes and 80 for this one.
        var told = Assert.Single(_pool.Preempt());
        Assert.Equal(gang, told.RunId);
        _pool.Leave(told);
        Assert.Equal(urgent, Assert.Single(_pool.Settle()).Run.RunId);
    }

    [Fact]
    public void A_run_on_three_nodes_makes_runs_give_way_on_all_that_have_no_room()
    {
        AddNodes(4, gpus: 4);
        Running(preemptible: false, gpus: 4);
        var victims = new[] { Running(preemptible: true, gpus: 4), Running(preemptible: true, gpus: 4) };
        _pool.Pass(TimeSpan.FromMinutes(20));
        var urgent = _pool.Enqueue("ann", gpus: 3, priority: 1, nodes: 3);

        var told = _pool.Preempt();

        Assert.Equal(victims.ToHashSet(), told.Select(each => each.RunId).ToHashSet());
        Assert.Equal(3, told[0].Order.Nodes.Count);
        // Its rooms are its own until it is there: the one that was free, and the first that is left.
        _pool.Leave(told[0]);
        _pool.Enqueue("bob", gpus: 2);
        Assert.Empty(_pool.Settle());
        _pool.Leave(told[1]);
        Assert.Contains(urgent, Settled());
    }

    [Fact]
    public void Where_a_run_on_three_nodes_gets_only_two_nobody_gives_way()
    {
        AddNodes(3, gpus: 4);
        Running(preemptible: false, gpus: 4);
        Running(preemptible: true, gpus: 4);
        Running(preemptible: true, gpus: 4);
        _pool.Pass(TimeSpan.FromMinutes(20));
        _pool.Enqueue("ann", gpus: 3, priority: 1, nodes: 3);

        Assert.Empty(_pool.Preempt());
    }

    [Fact]
    public void The_rooms_are_free_for_others_when_the_run_is_canceled()
    {
        AddNodes(2, gpus: 2);
        Running(preemptible: true, gpus: 2);
        Running(preemptible: true, gpus: 2);
        _pool.Pass(TimeSpan.FromMinutes(20));
        var urgent = _pool.Enqueue("ann", gpus: 2, priority: 1, nodes: 2);
        var told = _pool.Preempt();
        Assert.Equal(2, told.Count);
        _pool.Leave(told[0]);
        Assert.Empty(_pool.Settle());

        _pool.Cancel(urgent);

        Assert.Equal(told[0].RunId, Assert.Single(_pool.Settle()).Run.RunId);
    }

    [Fact]
    public void The_rooms_are_not_kept_for_ever_when_one_run_does_not_leave()
    {
        AddNodes(2, gpus: 2);
        Running(preemptible: true, gpus: 2, minutes: null);
        Running(preemptible: true, gpus: 2, minutes: null);
        _pool.Pass(TimeSpan.FromMinutes(20));
        var urgent = _pool.Enqueue("ann", gpus: 2, priority: 1, nodes: 2);
        var told = _pool.Preempt();
        _pool.Leave(told[0]);
        _pool.Pass(2 * Options.PreemptionTime);
        Assert.Empty(_pool.Settle());

        // From then on a room is kept as for any large run, and no more than that.
        _pool.Pass(TimeSpan.FromMinutes(1));
        Assert.Empty(_pool.Preempt());

        Assert.NotEqual(RunHold.Preempting, _pool.Scheduler.Standings(_pool.Now)(urgent)!.Hold);
    }

    [Fact]
    public void Another_process_keeps_all_the_rooms_too()
    {
        AddNodes(2, gpus: 2);
        Running(preemptible: true, gpus: 2);
        Running(preemptible: true, gpus: 2);
        _pool.Pass(TimeSpan.FromMinutes(20));
        var urgent = _pool.Enqueue("ann", gpus: 2, priority: 1, nodes: 2);
        var told = _pool.Preempt();
        var nodes = told.Select(each =>
                _pool.Running.Single(run => run.Decision.Run.RunId == each.RunId).Decision.Nodes[0]
            )
            .ToList();
        var other = Restarted(told, waiting: null, nodes);
        Enqueue(other, urgent);
        Enqueue(other, _pool.Enqueue("bob", gpus: 2));

        other.Forget(told[0].RunId, _pool.Now);
        other.Ask(nodes[0], new Resources(2, 64, 1L << 40, 0));
        Assert.Empty(other.Decide(_pool.Now));

        other.Forget(told[1].RunId, _pool.Now);
        other.Ask(nodes[1], new Resources(2, 64, 1L << 40, 0));
        Assert.Equal(urgent, Assert.Single(other.Decide(_pool.Now)).Run.RunId);
    }

    private HashSet<RunId> Settled() => [.. _pool.Settle().Select(each => each.Run.RunId)];

    private void AddNodes(int count, int gpus)
    {
        for (var i = 0; i < count; i++)
        {
            _pool.AddNode($"node-{i}", gpus);
        }
    }
}
