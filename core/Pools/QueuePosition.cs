using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Core.Pools;

/// <summary>Where a queued run stands.</summary>
public sealed record QueuePosition
{
    /// <summary>The pool it waits in; null for the service's own.</summary>
    public string? Pool { get; init; }

    /// <summary>Runs of the same pool that go first.</summary>
    public required int Ahead { get; init; }

    /// <summary>What the scheduler knows of it; null where nobody asked it.</summary>
    public RunStanding? Standing { get; init; }

    /// <summary>GPUs it needs.</summary>
    public required int NeededGpus { get; init; }

    /// <summary>Slots free over all nodes of the pool seen lately that have what it needs.</summary>
    public required int FreeSlots { get; init; }

    /// <summary>What no node seen lately has, as a clause on the nearest one; null when some node has all.</summary>
    public string? Lacking { get; init; }

    /// <summary>Nodes seen lately.</summary>
    public required int Nodes { get; init; }

    /// <summary>Nodes seen lately that have what it needs and get no runs for now, for they failed several.</summary>
    public int SetAside { get; init; }

    /// <summary>Nodes seen lately that have what it needs and that an operator drained.</summary>
    public int Drained { get; init; }

    /// <summary>It may not be leased before; null when it may.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Machines that are being made for the pool.</summary>
    public int Starting { get; init; }

    /// <summary>Whether the nodes that have what it needs are CPU nodes only.</summary>
    public required bool CpuOnly { get; init; }
}
