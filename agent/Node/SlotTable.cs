using Trainyard.Agent.Gpus;
using Trainyard.Agent.Processes;

namespace Trainyard.Agent.Node;

/// <summary>The slots of the node, one per GPU or CPU slot, and which of the slots are free.</summary>
internal sealed class SlotTable
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, Gpu?> _known = [];
    private readonly SortedSet<int> _held = [];
    private readonly HashSet<int> _gone = [];
    private TaskCompletionSource _changed = NewSignal();

    public SlotTable(IReadOnlyList<Gpu> gpus, int cpuSlots)
    {
        foreach (var (slot, gpu) in gpus.Index())
        {
            _known[slot] = gpu;
        }
        for (var slot = 0; slot < cpuSlots && gpus.Count == 0; slot++)
        {
            _known[slot] = null;
        }
    }

    /// <summary>The GPUs that are present.</summary>
    public IReadOnlyList<Gpu> Present
    {
        get
        {
            lock (_gate)
            {
                return [.. _known.Where(slot => !_gone.Contains(slot.Key)).Select(slot => slot.Value).OfType<Gpu>()];
            }
        }
    }

    /// <summary>The number of GPUs; 0 makes the node a CPU node.</summary>
    public int Gpus
    {
        get
        {
            lock (_gate)
            {
                return _known.Count(slot => slot.Value is not null && !_gone.Contains(slot.Key));
            }
        }
    }

    public int Slots
    {
        get
        {
            lock (_gate)
            {
                return _known.Count - _gone.Count;
            }
        }
    }

    public int Free
    {
        get
        {
            lock (_gate)
            {
                return FreeSlots().Count();
            }
        }
    }

    /// <summary>Completes at the next change after this property was read.</summary>
    public Task Changed
    {
        get
        {
            lock (_gate)
            {
                return _changed.Task;
            }
        }
    }

    /// <returns>Null when there are not so many free slots.</returns>
    public SlotGrant? TryTake(int slots)
    {
        lock (_gate)
        {
            var taken = FreeSlots().Take(slots).ToArray();
            return taken.Length < slots ? null : Hold(taken);
        }
    }

    /// <summary>Takes the slots of the list that exist and are free.</summary>
    public SlotGrant Take(IReadOnlyList<int> slots)
    {
        lock (_gate)
        {
            return Hold([.. FreeSlots().Intersect(slots)]);
        }
    }

    public void Release(SlotGrant grant)
    {
        lock (_gate)
        {
            _held.ExceptWith(grant.Slots);
            Signal();
        }
    }

    /// <summary>
    /// Removes the slots of missing GPUs, restores the slots of GPUs that are back, and adds new GPUs.
    /// </summary>
    /// <returns>Whether anything changed.</returns>
    public bool Update(IReadOnlyList<Gpu> present)
    {
        lock (_gate)
        {
            var before = Describe();
            foreach (var slot in _known.Keys.ToList())
            {
                var found = present.FirstOrDefault(gpu => gpu.Uuid == _known[slot]?.Uuid);
                _known[slot] = found ?? _known[slot];
                _ = found is null ? _gone.Add(slot) : _gone.Remove(slot);
            }
            foreach (var gpu in present.Where(gpu => _known.Values.All(old => old?.Uuid != gpu.Uuid)))
            {
                _known[_known.Count] = gpu;
            }
            if (Describe() == before)
            {
                return false;
            }
            Signal();
            return true;
        }
    }

    private IEnumerable<int> FreeSlots() => _known.Keys.Where(slot => !_held.Contains(slot) && !_gone.Contains(slot));

    private SlotGrant Hold(int[] slots)
    {
        _held.UnionWith(slots);
        return new SlotGrant(slots, [.. slots.Select(slot => _known[slot]).OfType<Gpu>()]);
    }

    private string Describe() => string.Join(';', _known.Where(slot => !_gone.Contains(slot.Key)));

    private void Signal()
    {
        var signal = _changed;
        _changed = NewSignal();
        signal.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>The slots of one attempt, and the GPUs behind them (none on a CPU node).</summary>
internal sealed record SlotGrant(IReadOnlyList<int> Slots, IReadOnlyList<Gpu> Gpus)
{
    /// <summary>Processes that could not be killed and may still use the slots; null when there are none.</summary>
    public ProcessGroup? HeldBy { get; set; }
}
