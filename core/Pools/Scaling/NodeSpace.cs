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
