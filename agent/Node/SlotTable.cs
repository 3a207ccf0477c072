using Trainyard.Agent.Gpus;
using Trainyard.Agent.Processes;

namespace Trainyard.Agent.Node;

/// <summary>The node's slots: which GPUs (or how many CPU slots) are free.</summary>
internal sealed class SlotTable
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<int, Gpu?> known = [];
    private readonly SortedSet<int> held = [];
    private readonly HashSet<int> gone = [];
    private TaskCompletionSource changed = NewSignal();

    public SlotTable(IReadOnlyList<Gpu> gpus, int cpuSlots)
    {
        foreach (var (slot, gpu) in gpus.Index())
            known[slot] = gpu;
        for (var slot = 0; slot < cpuSlots && gpus.Count == 0; slot++)
            known[slot] = null;
    }

    /// <summary>The GPUs that are there.</summary>
    public IReadOnlyList<Gpu> Present
    {
        get
        {
            lock (gate)
                return [.. known.Where(slot => !gone.Contains(slot.Key)).Select(slot => slot.Value).OfType<Gpu>()];
        }
    }

    /// <summary>GPUs of the node; 0 makes it a CPU node.</summary>
    public int Gpus
    {
        get
        {
            lock (gate)
                return known.Count(slot => slot.Value is not null && !gone.Contains(slot.Key));
        }
    }

    public int Slots
    {
        get
        {
            lock (gate)
                return known.Count - gone.Count;
        }
    }

    public int Free
    {
        get
        {
            lock (gate)
                return FreeSlots().Count();
        }
    }

    /// <summary>Ends at the next change after it was read.</summary>
    public Task Changed
    {
        get
        {
            lock (gate)
                return changed.Task;
        }
    }

    /// <returns>Null when so many are not free.</returns>
    public SlotGrant? TryTake(int slots)
    {
        lock (gate)
        {
            var taken = FreeSlots().Take(slots).ToArray();
            return taken.Length < slots ? null : Hold(taken);
        }
    }

    /// <summary>Those of these slots that exist and are free.</summary>
    public SlotGrant Take(IReadOnlyList<int> slots)
    {
        lock (gate)
            return Hold([.. FreeSlots().Intersect(slots)]);
    }

    public void Release(SlotGrant grant)
    {
        lock (gate)
        {
            held.ExceptWith(grant.Slots);
            Signal();
        }
    }

    /// <summary>Takes the GPUs that are not there any more out, back in those that are again, and new ones too.</summary>
    /// <returns>Whether anything is another than before.</returns>
    public bool Update(IReadOnlyList<Gpu> present)
    {
        lock (gate)
        {
            var before = Describe();
            foreach (var slot in known.Keys.ToList())
            {
                var found = present.FirstOrDefault(gpu => gpu.Uuid == known[slot]?.Uuid);
                known[slot] = found ?? known[slot];
                _ = found is null ? gone.Add(slot) : gone.Remove(slot);
            }
            foreach (var gpu in present.Where(gpu => known.Values.All(old => old?.Uuid != gpu.Uuid)))
                known[known.Count] = gpu;
            if (Describe() == before)
                return false;
            Signal();
            return true;
        }
    }

    private IEnumerable<int> FreeSlots() => known.Keys.Where(slot => !held.Contains(slot) && !gone.Contains(slot));

    private SlotGrant Hold(int[] slots)
    {
        held.UnionWith(slots);
        return new SlotGrant(slots, [.. slots.Select(slot => known[slot]).OfType<Gpu>()]);
    }

    private string Describe() => string.Join(';', known.Where(slot => !gone.Contains(slot.Key)));

    private void Signal()
    {
        var signal = changed;
        changed = NewSignal();
        signal.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>Slots that belong to one attempt, and the GPUs behind them (none on a CPU node).</summary>
internal sealed record SlotGrant(IReadOnlyList<int> Slots, IReadOnlyList<Gpu> Gpus)
{
    /// <summary>Processes that could not be killed and may still use them; null when there are none.</summary>
    public ProcessGroup? HeldBy { get; set; }
}
