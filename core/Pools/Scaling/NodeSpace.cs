namespace Trainyard.Core.Pools.Scaling;

/// <summary>The free slots of a node, that is there or will be, and what a plan puts into them.</summary>
internal sealed class NodeSpace(int gpus, int freeSlots)
{
    private int _free = freeSlots;

    /// <summary>Whether the plan needs the node.</summary>
    public bool IsUsed { get; private set; }

    /// <summary>Takes the slots of a run that needs so many GPUs, if they are free.</summary>
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
    /// Puts each waiting run where it fits first, and says how many nodes more that takes. What does not fit into a node of
    /// the pool's kind is left out: no number of them would help.
    /// </summary>
    public static int Pack(IEnumerable<int> waiting, IEnumerable<NodeSpace> there, Func<NodeSpace> newNode)
    {
        var spaces = there.ToList();
        var before = spaces.Count;
        foreach (var gpus in waiting)
        {
            if (spaces.Exists(space => space.TryTake(gpus)))
            {
                continue;
            }
            var another = newNode();
            if (another.TryTake(gpus))
            {
                spaces.Add(another);
            }
        }
        return spaces.Count - before;
    }
}
