using System.Numerics;

namespace Trainyard.Core.Pools.Scheduling;

/// <summary>Nodes that ask for work, by the number of their free slots.</summary>
/// <param name="slots">The slots of each node.</param>
internal sealed class AskingNodes(int slots)
{
    private const int BitsPerWord = 64;

    private readonly SortedSet<SchedulerNode>[] _levels =
    [
        .. Enumerable.Range(0, slots + 1).Select(_ => new SortedSet<SchedulerNode>(SchedulerNode.ByIndex)),
    ];

    // A bit for each number of free slots that a node has.
    private readonly ulong[] _present = new ulong[(slots / BitsPerWord) + 1];

    /// <summary>The nodes that have this many free slots.</summary>
    public SortedSet<SchedulerNode> With(int freeSlots) => _levels[freeSlots];

    /// <summary>The least number of free slots, from this one on, that a node has; -1 for none.</summary>
    public int Next(int freeSlots)
    {
        for (var word = freeSlots / BitsPerWord; word < _present.Length; word++)
        {
            var from = word == freeSlots / BitsPerWord ? freeSlots % BitsPerWord : 0;
            var bits = _present[word] & (ulong.MaxValue << from);
            if (bits != 0)
            {
                return (word * BitsPerWord) + BitOperations.TrailingZeroCount(bits);
            }
        }
        return -1;
    }

    public void Add(SchedulerNode node, int freeSlots)
    {
        _levels[freeSlots].Add(node);
        _present[freeSlots / BitsPerWord] |= Bit(freeSlots);
    }

    public void Remove(SchedulerNode node, int freeSlots)
    {
        if (_levels[freeSlots].Remove(node) && _levels[freeSlots].Count == 0)
        {
            _present[freeSlots / BitsPerWord] &= ~Bit(freeSlots);
        }
    }

    private static ulong Bit(int freeSlots) => 1UL << (freeSlots % BitsPerWord);
}
