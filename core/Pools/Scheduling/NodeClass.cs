using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Core.Pools.Matching;

namespace Trainyard.Core.Pools.Scheduling;

/// <summary>Nodes that are alike, but for what runs on them.</summary>
internal sealed class NodeClass(NodeProvides provides, Resources capacity)
{
    private readonly SortedSet<SchedulerNode>[] _asking = NewLevels(capacity.Slots);
    private readonly Dictionary<int, SortedSet<FreeTime>> _freeTimes = [];
    private readonly Dictionary<string, SchedulerNode> _there = [];
    private readonly long[] _roomAt = new long[capacity.Slots + 1];

    public NodeProvides Provides => provides;

    public int Slots => capacity.Slots;

    public double Cpus => capacity.Cpus;

    public long MemoryBytes => capacity.MemoryBytes;

    /// <summary>How many of its nodes are there.</summary>
    public int Present => _there.Count;

    /// <summary>Its nodes that ask for work and have a reservation on them.</summary>
    public SortedSet<SchedulerNode> Reserved { get; } = new(SchedulerNode.ByChange);

    public int Count(IEnumerable<string> names) => names.Count(_there.ContainsKey);

    /// <summary>Its nodes that ask for work and have so many slots free.</summary>
    public SortedSet<SchedulerNode> Asking(int freeSlots) => _asking[freeSlots];

    /// <summary>The last moment when a node got room for so many slots.</summary>
    public long RoomAt(int slots) => slots < _roomAt.Length ? _roomAt[slots] : -1;

    /// <summary>The nodes without a reservation by when they have so many slots free, as far as it is known.</summary>
    public SortedSet<FreeTime> FreeTimes(int slots)
    {
        if (!_freeTimes.TryGetValue(slots, out var times))
        {
            var all = _there
                .Values.Where(node => node.Reservation is null)
                .Select(node => new FreeTime(node.FreeAt(slots), node));
            times = new SortedSet<FreeTime>(all, FreeTime.ByTime);
            _freeTimes[slots] = times;
        }
        return times;
    }

    public void Come(SchedulerNode node)
    {
        _there[node.Name] = node;
        AddTimes(node);
    }

    public void Go(SchedulerNode node)
    {
        RemoveTimes(node);
        _there.Remove(node.Name);
    }

    public void RemoveTimes(SchedulerNode node)
    {
        if (node.Reservation is null && _there.ContainsKey(node.Name))
        {
            foreach (var (slots, times) in _freeTimes)
            {
                times.Remove(new FreeTime(node.FreeAt(slots), node));
            }
        }
    }

    public void AddTimes(SchedulerNode node)
    {
        if (node.Reservation is null && _there.ContainsKey(node.Name))
        {
            foreach (var (slots, times) in _freeTimes)
            {
                times.Add(new FreeTime(node.FreeAt(slots), node));
            }
        }
    }

    public void StartAsking(SchedulerNode node, long moment)
    {
        var free = Math.Clamp(node.Free.Slots, 0, Slots);
        node.ChangedAt = moment;
        (node.Reservation is null ? _asking[free] : Reserved).Add(node);
        Array.Fill(_roomAt, moment, 0, free + 1);
    }

    public void StopAsking(SchedulerNode node)
    {
        _asking[Math.Clamp(node.Free.Slots, 0, Slots)].Remove(node);
        Reserved.Remove(node);
    }

    private static SortedSet<SchedulerNode>[] NewLevels(int slots) =>
        [.. Enumerable.Range(0, slots + 1).Select(_ => new SortedSet<SchedulerNode>(SchedulerNode.ByIndex))];
}

/// <summary>A node and when it has room, in ticks.</summary>
internal readonly record struct FreeTime(long At, SchedulerNode Node)
{
    public static Comparer<FreeTime> ByTime { get; } =
        Comparer<FreeTime>.Create(
            (one, other) => one.At != other.At ? one.At.CompareTo(other.At) : one.Node.Index.CompareTo(other.Node.Index)
        );
}

/// <summary>The classes of the nodes of a pool.</summary>
internal sealed class NodeClasses
{
    private readonly Dictionary<string, NodeClass> _byText = [];

    /// <summary>Changes with which classes have nodes there, and how many.</summary>
    public long Epoch { get; private set; }

    /// <summary>Those with nodes there.</summary>
    public IEnumerable<NodeClass> There => _byText.Values.Where(each => each.Present > 0);

    public void Changed() => Epoch++;

    public NodeClass Of(NodeProvides provides, Resources capacity)
    {
        // Free disk changes all the time and is not matched.
        var facts = provides.Facts is { } told ? told with { FreeDiskBytes = null } : null;
        var text = $"{provides.Gpus} {capacity} {JsonSerializer.Serialize(facts, WireJson.Options)}";
        if (!_byText.TryGetValue(text, out var found))
        {
            _byText[text] = found = new NodeClass(provides with { Facts = facts }, capacity);
        }
        return found;
    }
}
