namespace Trainyard.Core.Pools.Scaling;

/// <summary>The free slots of an existing or future node, which a plan fills.</summary>
internal sealed class NodeSpace(int gpus, int freeSlots)
{
    private int _free = freeSlots;

    /// <summary>Whether the plan uses the node.</summary>
    public bool IsUsed { get; private set; }

    /// <summary>Takes the slots for a run that needs this many GPUs, if they are free.</summary>
    public bool TryTake(int neededGpus)
    {
        var slots = LeaseRules.SlotsFor(gpus, neededGpus);
        if (slots > _free)
        {
            return false;
        }
        _free -= slots;
        return IsUsed = true;
    }

    /// <summary>
    /// Packs the waiting runs first-fit and returns the number of additional nodes. Skips runs that do not fit a node
    /// of the pool's kind, because more nodes would not help them.
    /// </summary>
    /// <remarks>A run for several nodes takes a part of as many different ones.</remarks>
    public static int Pack(
        IEnumerable<(int Gpus, int Nodes)> waiting,
        IEnumerable<NodeSpace> there,
        Func<NodeSpace> newNode
    )
    {
        var spaces = there.ToList();
        var before = spaces.Count;
        foreach (var (gpus, nodes) in waiting)
        {
            var missing = nodes;
            for (var i = 0; i < spaces.Count && missing > 0; i++)
            {
                missing -= spaces[i].TryTake(gpus) ? 1 : 0;
            }
            for (; missing > 0 && newNode() is var another && another.TryTake(gpus); missing--)
            {
                spaces.Add(another);
            }
        }
        return spaces.Count - before;
    }
}
