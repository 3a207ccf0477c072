using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools.Matching;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Core.Pools;

/// <summary>What waits in a pool and who works there, and the end of a node's right to runs.</summary>
public interface IPoolLoad
{
    /// <summary>What waits for a node of the pool, and the nodes that asked for work there, as they are now.</summary>
    Task<PoolLoad> ReadAsync(string pool, CancellationToken cancellationToken);

    /// <summary>
    /// True when the node holds no lease and is never given one from now on, not even by a question that waits already.
    /// False, and nothing is changed, when it holds one or never asked for work. Repeatable.
    /// </summary>
    Task<bool> RetireAsync(string node, CancellationToken cancellationToken);

    /// <summary>
    /// Keeps what the end of a run's attempt says of its node: whether the node is set aside, and whether the run should go to
    /// another one. Repeatable.
    /// </summary>
    Task JudgeAsync(LostLease attempt, NodeVerdict verdict, CancellationToken cancellationToken);

    /// <summary>Keeps how many machines are being made for the pool, for those who wait in it; in the place of what was kept.</summary>
    Task AnnounceAsync(string pool, StartingMachines starting, CancellationToken cancellationToken);
}

/// <summary>The queue and the nodes of a pool at one moment.</summary>
public sealed record PoolLoad
{
    /// <summary>The queued attempts, in the order of the queue; of very many only the first 10,000.</summary>
    public required IReadOnlyList<WaitingRun> Waiting { get; init; }

    /// <summary>All queued attempts; null where those in the list are all.</summary>
    public int? WaitingCount { get; init; }

    /// <summary>How many of an owner's attempts are queued; null where nobody knows.</summary>
    public Func<Owner, int>? WaitingOf { get; init; }

    /// <summary>Where a queued run stands; null for one that is not queued. Null where only the list tells.</summary>
    public Func<RunId, RunStanding?>? Standings { get; init; }

    public required IReadOnlyList<PoolNode> Nodes { get; init; }

    /// <summary>What was last said of machines that are being made; null when nothing was.</summary>
    public StartingMachines? Starting { get; init; }
}

/// <summary>Machines whose nodes have not asked for work yet.</summary>
/// <param name="Count">How many.</param>
/// <param name="At">When that was so.</param>
public sealed record StartingMachines(int Count, DateTimeOffset At);

/// <summary>A queued attempt.</summary>
/// <param name="RunId">Whose it is.</param>
/// <param name="Needs">What a node must have for it.</param>
public sealed record WaitingRun(RunId RunId, RunNeeds Needs)
{
    /// <summary>It waits until then before it may be leased; null when it does not.</summary>
    public DateTimeOffset? NotBefore { get; init; }
}

/// <summary>A node that asked for work.</summary>
public sealed record PoolNode
{
    public required string Name { get; init; }

    /// <summary>The pool whose runs it takes.</summary>
    public string Pool { get; init; } = "";

    /// <summary>0 makes it a CPU node.</summary>
    public required int Gpus { get; init; }

    /// <summary>One per GPU, or its CPU slots; 0 when it is about to be taken away.</summary>
    public required int Slots { get; init; }

    /// <summary>Slots of the leases it holds, also of those that have run out and are not taken as lost yet.</summary>
    public required int LeasedSlots { get; init; }

    /// <summary>When it last asked or renewed a lease, to within 10 seconds.</summary>
    public required DateTimeOffset SeenAt { get; init; }

    /// <summary>
    /// When it was last seen with a lease, or else first seen, to within 10 seconds and the time between two heartbeats. Says
    /// nothing while it holds one.
    /// </summary>
    public required DateTimeOffset IdleSince { get; init; }

    /// <summary>Whether it gets no runs any more.</summary>
    public required bool IsRetired { get; init; }

    /// <summary>Whether an operator lets it have no new runs.</summary>
    public bool IsDrained { get; init; }

    /// <summary>How its agent keeps commands apart; null when it does not say.</summary>
    public string? Sandbox { get; init; }

    /// <summary>What it can provide beside its slots; null when its agent does not say.</summary>
    public NodeCapabilities? Facts { get; init; }

    /// <summary>How it fared with the runs it was given.</summary>
    public NodeStanding Standing { get; init; } = NodeStanding.Good;

    /// <summary>It gets no runs until then, for it failed several; null when it gets them.</summary>
    public DateTimeOffset? SetAsideUntil { get; init; }

    /// <summary>What it has, free or not.</summary>
    public NodeProvides Provides => new(Gpus, Facts);

    public int FreeSlots => IsRetired || IsDrained || SetAsideUntil is not null ? 0 : Math.Max(0, Slots - LeasedSlots);
}
