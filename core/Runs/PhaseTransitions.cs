using System.Collections.Frozen;
using Trainyard.Contracts.Runs;

namespace Trainyard.Core.Runs;

/// <summary>The one table of allowed phase changes. Nothing else in the project decides this.</summary>
public static class PhaseTransitions
{
    private static readonly FrozenDictionary<RunPhase, RunPhase[]> Allowed = new Dictionary<RunPhase, RunPhase[]>
    {
        [RunPhase.Queued] = [RunPhase.Downloading, RunPhase.Storing, RunPhase.Failed, RunPhase.Halted],
        // Back to Queued: the node was lost and another attempt is due.
        [RunPhase.Downloading] =
        [
            RunPhase.Processing,
            RunPhase.Storing,
            RunPhase.Queued,
            RunPhase.Failed,
            RunPhase.Halted,
        ],
        [RunPhase.Processing] = [RunPhase.Storing, RunPhase.Queued, RunPhase.Failed, RunPhase.Halted],
        [RunPhase.Storing] = [RunPhase.Completed, RunPhase.Failed, RunPhase.Halted],
        [RunPhase.Completed] = [],
        [RunPhase.Failed] = [],
        [RunPhase.Halted] = [],
    }.ToFrozenDictionary();

    /// <summary>
    /// Whether a run may go from one phase to another. Staying in a phase is not a change and never allowed.
    /// </summary>
    public static bool IsAllowed(RunPhase from, RunPhase to) => Allowed[from].AsSpan().Contains(to);

    /// <summary>
    /// Whether the owner may have an ended run's results stored again. This is the only way out of a final phase;
    /// reports of nodes and repeated activities never take it.
    /// </summary>
    public static bool CanStoreAgain(RunPhase from) => from is RunPhase.Failed or RunPhase.Halted;

    /// <summary>Whether the phase is final.</summary>
    public static bool IsTerminal(this RunPhase phase) => Allowed[phase].Length == 0;

    /// <summary>The state that <c>list</c> and <c>show</c> print for a phase.</summary>
    public static RunState ToState(this RunPhase phase) =>
        phase switch
        {
            RunPhase.Queued => RunState.Pending,
            RunPhase.Downloading or RunPhase.Processing or RunPhase.Storing => RunState.Running,
            RunPhase.Completed => RunState.Completed,
            RunPhase.Failed => RunState.Error,
            RunPhase.Halted => RunState.Canceled,
            _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, "Unknown phase."),
        };
}

/// <summary>A phase change that <see cref="PhaseTransitions"/> does not allow.</summary>
public sealed class PhaseTransitionException(RunPhase from, RunPhase to)
    : InvalidOperationException($"A run cannot go from {from} to {to}.")
{
    /// <summary>The phase the run is in.</summary>
    public RunPhase From { get; } = from;

    /// <summary>The phase that was asked for.</summary>
    public RunPhase To { get; } = to;
}
