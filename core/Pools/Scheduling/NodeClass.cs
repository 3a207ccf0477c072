using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Core.Pools.Matching;

namespace Trainyard.Core.Pools.Scheduling;

/// <summary>A class of nodes with equal resources and capabilities.</summary>
internal sealed class NodeClass(NodeProvides provides, Resources capacity)
{
    private readonly Dictionary<int, SortedSet<FreeTime>> _freeTimes = [];
    private readonly Dictionary<string, SchedulerNode> _there = [];
    private readonly long[] _roomAt = new long[capacity.Slots + 1];

    public NodeProvides Provides => provides;

    public Resources Capacity => capacity;

    public int Slots => capacity.Slots;

    public double Cpus => capacity.Cpus;

    public long MemoryBytes => capacity.MemoryBytes;

    public long DiskBytes => capacity.DiskBytes;

    /// <summary>The number of its nodes that are present.</summary>
    public int Present => _there.Count;

    /// <summary>Its nodes that ask for work and have a reservation.</summary>
    public SortedSet<SchedulerNode> Reserved { get; } = new(SchedulerNode.ByChange);

    /// <summary>The number of its nodes with a reservation.</summary>
    public int Kept { get; set; }

    public int Count(IEnumerable<string> names) => names.Count(_there.ContainsKey);

    /// <summary>Its nodes that ask for work here.</summary>
    public AskingNodes Asking { get; } = new(capacity.Slots);

    /// <summary>Its nodes that ask for work at other processes.</summary>
    public AskingNodes AskingElsewhere { get; } = new(capacity.Slots);

    /// <summary>The last change number at which a node got room for this many slots.</summary>
    public long RoomAt(int slots) => slots < _roomAt.Length ? _roomAt[slots] : -1;

    /// <summary>
    /// Its nodes without a reservation, ordered by the known time when they have this many free slots.
    /// </summary>
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
        if (node.Reservation is null)
        {
            AskingOf(node).Add(node, free);
        }
        else
        {
            Reserved.Add(node);
        }
        Array.Fill(_roomAt, moment, 0, free + 1);
    }

    public void StopAsking(SchedulerNode node)
    {
        AskingOf(node).Remove(node, Math.Clamp(node.Free.Slots, 0, Slots));
        Reserved.Remove(node);
    }

    private AskingNodes AskingOf(SchedulerNode node) => node.AsksElsewhere ? AskingElsewhere : Asking;
}

/// <summary>A node and the time when it has room, in ticks.</summary>
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
    private readonly Dictionary<NodeClass, NodeClass> _copies = [];

    /// <summary>Changes whenever the set of present classes, or the number of their nodes, changes.</summary>
    public long Epoch { get; private set; }

    /// <summary>The classes that have present nodes.</summary>
    public IEnumerable<NodeClass> There => _byText.Values.Concat(_copies.Values).Where(each => each.Present > 0);

    public void Changed() => Epoch++;

    /// <summary>An equal class for the nodes of a copy of the pool.</summary>
    public NodeClass CopyOf(NodeClass original)
    {
        if (!_copies.TryGetValue(original, out var copy))
        {
            _copies[original] = copy = new NodeClass(original.Provides, original.Capacity);
        }
        return copy;
    }

    public NodeClass Of(NodeProvides provides, Resources capacity)
    {
        // Ignores free disk space, which changes all the time and is not matched. Agents report the disk space that
        // runs may have in coarse steps, so that like nodes are of one class.
        var facts = provides.Facts is { } told ? told with { FreeDiskBytes = null } : null;
        var text = $"{provides.Gpus} {capacity} {JsonSerializer.Serialize(facts, WireJson.Options)}";
        if (!_byText.TryGetValue(text, out var found))
        {
            _byText[text] = found = new NodeClass(provides with { Facts = facts }, capacity);
        }
        return found;
    }
}
