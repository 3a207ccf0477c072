using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools.Matching;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Core.Pools;

/// <summary>The queue and the nodes of a pool, and the retirement and judgement of nodes.</summary>
public interface IPoolLoad
{
    /// <summary>The current queue of the pool, and the nodes that asked for work there.</summary>
    Task<PoolLoad> ReadAsync(string pool, CancellationToken cancellationToken);

    /// <summary>
    /// Retires a node that holds no lease: it is never given a run again, not even for a pending long poll. Returns
    /// false, and changes nothing, when the node holds a lease or never asked for work. Idempotent.
    /// </summary>
    Task<bool> RetireAsync(string node, CancellationToken cancellationToken);

    /// <summary>
    /// Records what the end of an attempt says about its node: whether to set the node aside, and whether the run
    /// should go to another node. Idempotent.
    /// </summary>
    Task JudgeAsync(LostLease attempt, NodeVerdict verdict, CancellationToken cancellationToken);

    /// <summary>
    /// Records how many machines are starting for the pool, in place of the last record, to tell the owners of waiting
    /// runs.
    /// </summary>
    Task AnnounceAsync(string pool, StartingMachines starting, CancellationToken cancellationToken);
}

/// <summary>A snapshot of a pool's queue and nodes.</summary>
public sealed record PoolLoad
{
    /// <summary>The queued attempts, in queue order; only the first 10,000.</summary>
    public required IReadOnlyList<WaitingRun> Waiting { get; init; }

    /// <summary>The number of all queued attempts; null when the list is complete.</summary>
    public int? WaitingCount { get; init; }

    /// <summary>Returns the number of an owner's queued attempts; null when it is unknown.</summary>
    public Func<Owner, int>? WaitingOf { get; init; }

    /// <summary>
    /// Returns the standing of a queued run, or null for a run that is not queued. The function is null when only the
    /// list is known.
    /// </summary>
    public Func<RunId, RunStanding?>? Standings { get; init; }

    public required IReadOnlyList<PoolNode> Nodes { get; init; }

    /// <summary>The last record of starting machines; null when there is none.</summary>
    public StartingMachines? Starting { get; init; }
}

/// <summary>Machines whose nodes have not asked for work yet.</summary>
/// <param name="Count">The number of machines.</param>
/// <param name="At">The time of the count.</param>
public sealed record StartingMachines(int Count, DateTimeOffset At);

/// <summary>A queued attempt.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Needs">The requirements on a node.</param>
public sealed record WaitingRun(RunId RunId, RunNeeds Needs)
{
    /// <summary>How many nodes it takes at once.</summary>
    public int Nodes { get; init; } = 1;

    /// <summary>The time before which it may not be leased; null when it may be leased now.</summary>
    public DateTimeOffset? NotBefore { get; init; }
}

/// <summary>A node that asked for work.</summary>
public sealed record PoolNode
{
    public required string Name { get; init; }

    /// <summary>The pool whose runs it takes.</summary>
    public string Pool { get; init; } = "";

    /// <summary>The number of GPUs; 0 makes it a CPU node.</summary>
    public required int Gpus { get; init; }

    /// <summary>One slot per GPU, or the CPU slots; 0 when the machine is about to be taken away.</summary>
    public required int Slots { get; init; }

    /// <summary>
    /// The slots of the leases that it holds, including expired leases that were not taken as lost yet.
    /// </summary>
    public required int LeasedSlots { get; init; }

    /// <summary>The time of its last request or lease renewal, to within 10 seconds.</summary>
    public required DateTimeOffset SeenAt { get; init; }

    /// <summary>
    /// The time when it was last seen with a lease, or else first seen, to within 10 seconds plus one heartbeat
    /// interval. Has no meaning while the node holds a lease.
    /// </summary>
    public required DateTimeOffset IdleSince { get; init; }

    /// <summary>Whether the node is retired and gets no more runs.</summary>
    public required bool IsRetired { get; init; }

    /// <summary>Whether an operator drained the node: it gets no new runs.</summary>
    public bool IsDrained { get; init; }

    /// <summary>The agent's sandbox for commands; null when the agent does not report it.</summary>
    public string? Sandbox { get; init; }

    /// <summary>The node's capabilities beyond its slots; null when its agent does not report them.</summary>
    public NodeCapabilities? Facts { get; init; }

    /// <summary>The node's record with its recent runs.</summary>
    public NodeStanding Standing { get; init; } = NodeStanding.Good;

    /// <summary>The time until which it gets no runs after failing several; null when it is not set aside.</summary>
    public DateTimeOffset? SetAsideUntil { get; init; }

    /// <summary>The node's total resources, free or not.</summary>
    public NodeProvides Provides => new(Gpus, Facts);

    public int FreeSlots => IsRetired || IsDrained || SetAsideUntil is not null ? 0 : Math.Max(0, Slots - LeasedSlots);
}
