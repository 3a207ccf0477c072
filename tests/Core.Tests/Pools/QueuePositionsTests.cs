using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using static Trainyard.Core.Tests.Pools.Scaling.Pools;

namespace Trainyard.Core.Tests.Pools;

public sealed class QueuePositionsTests
{
    private static readonly DateTimeOffset SeenSince = Now - TimeSpan.FromMinutes(2);

    [Fact]
    public void A_queued_run_knows_where_it_stands()
    {
        var load = Load([4, 4, 2, 1], Node(1, slots: 2, leased: 1), Node(2, slots: 4));

        Assert.Equal(
            new QueuePosition
            {
                Ahead = 2,
                NeededGpus = 2,
                FittingNodes = 2,
                FreeNodes = 1,
                FreeSlots = 5,
                Nodes = 2,
                CpuOnly = false,
            },
            Of(load).Find(load.Waiting[2].RunId)
        );
    }

    [Fact]
    public void What_is_not_queued_has_no_position() => Assert.Null(Of(Load([1], Node(1))).Find(RunId.New()));

    [Fact]
    public void A_pool_of_cpu_nodes_says_so()
    {
        var load = Load([0], Node(1) with { Gpus = 0 }, Node(2) with { Gpus = 0 });

        Assert.True(Of(load).Find(load.Waiting[0].RunId)!.CpuOnly);
    }

    [Fact]
    public void Nodes_that_are_silent_or_get_no_more_runs_do_not_count()
    {
        var load = Load(
            [1],
            Node(1) with
            {
                SeenAt = SeenSince - TimeSpan.FromSeconds(1),
            },
            Node(2) with
            {
                IsRetired = true,
            },
            Node(3) with
            {
                Slots = 0,
            }
        );

        var position = Of(load).Find(load.Waiting[0].RunId)!;

        Assert.Equal((0, 0, null, false), (position.Nodes, position.FreeSlots, position.Lacking, position.CpuOnly));
    }

    [Fact]
    public void A_run_for_which_only_drained_nodes_are_left_says_so()
    {
        var load = Load([1, 8], Node(1) with { Gpus = 8, Slots = 8, IsDrained = true }, Node(2) with { Slots = 2 });

        var (small, large) = (Of(load).Find(load.Waiting[0].RunId)!, Of(load).Find(load.Waiting[1].RunId)!);

        Assert.Equal((1, 2, 1), (small.Nodes, small.FreeSlots, small.Drained));
        Assert.Equal("queued", QueueReasons.Of(small)!.Code);
        Assert.Equal("nodes_drained", QueueReasons.Of(large)!.Code);
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 0)]
    public void Machines_that_are_being_made_count_while_that_is_news(int secondsTooOld, int starting)
    {
        var load = Load([1]) with { Starting = new StartingMachines(2, SeenSince.AddSeconds(-secondsTooOld)) };

        Assert.Equal(starting, Of(load).Find(load.Waiting[0].RunId)!.Starting);
    }

    [Fact]
    public void A_run_for_several_nodes_says_how_many_fit_and_are_free()
    {
        var gang = Run(2) with { Nodes = 3 };
        var load = new PoolLoad
        {
            Waiting = [gang],
            Nodes =
            [
                Node(1) with
                {
                    Gpus = 2,
                    Slots = 2,
                },
                Node(2) with
                {
                    Gpus = 2,
                    Slots = 2,
                    LeasedSlots = 1,
                },
                Node(3) with
                {
                    Gpus = 4,
                    Slots = 4,
                },
                Node(4) with
                {
                    Gpus = 1,
                    Slots = 1,
                },
            ],
        };

        var position = Of(load).Find(gang.RunId)!;

        Assert.Equal((3, 3, 2), (position.NeededNodes, position.FittingNodes, position.FreeNodes));
        Assert.Equal(
            "queued: 0 ahead, needs 3 nodes at once with 2 GPUs each, 2 of 3 free",
            QueueReasons.Of(position)!.ToString()
        );
    }

    [Fact]
    public void A_run_for_more_nodes_than_there_are_says_so()
    {
        var gang = Run(1) with { Nodes = 3 };
        var load = new PoolLoad { Waiting = [gang], Nodes = [Node(1), Node(2), Node(3) with { IsDrained = true }] };

        var position = Of(load).Find(gang.RunId)!;

        Assert.Equal(
            "too_few_nodes: needs 3 nodes at once; 2 nodes of the pool could run it, 1 more when no longer drained by the operator",
            QueueReasons.Of(position)!.ToString()
        );
        Assert.Equal(
            "too_few_nodes: needs 3 nodes at once; 1 node of the pool could run it, a machine is being started",
            QueueReasons.Of(position with { FittingNodes = 1, Drained = 0, Starting = 1 })!.ToString()
        );
    }

    private static QueuePositions Of(PoolLoad load) => new(load, SeenSince);
}
