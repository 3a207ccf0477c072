using Trainyard.Agent.Processes;

namespace Trainyard.Agent.Node;

/// <summary>The node's slots: which GPUs (or how many CPU slots) are free.</summary>
internal sealed class SlotTable
{
    private readonly Lock gate = new();
    private readonly SortedSet<int> free;
    private TaskCompletionSource changed = NewSignal();

    public SlotTable(IReadOnlyList<int> gpus, int cpuSlots)
    {
        Gpus = gpus.Count;
        free = gpus.Count > 0 ? [.. gpus] : [.. Enumerable.Range(0, cpuSlots)];
        Slots = free.Count;
    }

    /// <summary>GPUs of the node; 0 makes it a CPU node.</summary>
    public int Gpus { get; }

    public int Slots { get; }

    public int Free
    {
        get
        {
            lock (gate)
                return free.Count;
        }
    }

    /// <summary>Ends at the next release after it was read.</summary>
    public Task Released
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
            if (slots > free.Count)
                return null;
            var taken = free.Take(slots).ToArray();
            free.ExceptWith(taken);
            return new SlotGrant(taken, Gpus > 0 ? taken : []);
        }
    }

    /// <summary>Those of these slots that exist and are free.</summary>
    public SlotGrant Take(IReadOnlyList<int> slots)
    {
        lock (gate)
        {
            var taken = slots.Where(free.Remove).ToArray();
            return new SlotGrant(taken, Gpus > 0 ? taken : []);
        }
    }

    public void Release(SlotGrant grant)
    {
        TaskCompletionSource signal;
        lock (gate)
        {
            free.UnionWith(grant.Slots);
            signal = changed;
            changed = NewSignal();
        }
        signal.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>Slots that belong to one attempt, and the GPUs behind them (none on a CPU node).</summary>
internal sealed record SlotGrant(IReadOnlyList<int> Slots, IReadOnlyList<int> Gpus)
{
    /// <summary>Processes that could not be killed and may still use them; null when there are none.</summary>
    public ProcessGroup? HeldBy { get; set; }
}
