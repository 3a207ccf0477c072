using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Core.Pools;

/// <summary>A node that waits for a run, and what it is given.</summary>
internal sealed class NodeQuestion(NodeOffer offer)
{
    private TaskCompletionSource _signal = NewSignal();

    public NodeOffer Offer => offer;

    public PlacementDecision? Given { get; set; }

    /// <summary>Ends when it is woken next; taken before a look, no wake-up is missed.</summary>
    public Task Next => Volatile.Read(ref _signal).Task;

    public void Wake() => Interlocked.Exchange(ref _signal, NewSignal()).SetResult();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
