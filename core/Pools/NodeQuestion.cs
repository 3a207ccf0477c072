using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Core.Pools;

/// <summary>The long poll of a node that waits for a run, and the run that it is given.</summary>
internal sealed class NodeQuestion(NodeOffer offer)
{
    private TaskCompletionSource _signal = NewSignal();

    public NodeOffer Offer => offer;

    public PlacementDecision? Given { get; set; }

    /// <summary>
    /// Completes at the next wake-up. Read it before checking the state, so that no wake-up is missed.
    /// </summary>
    public Task Next => Volatile.Read(ref _signal).Task;

    public void Wake() => Interlocked.Exchange(ref _signal, NewSignal()).SetResult();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
