using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Trainyard.Core.Pools;
using Trainyard.Functions.Runs;
using Trainyard.Orchestrations;

namespace Trainyard.Functions.Timers;

/// <summary>
/// Takes the leases of silent nodes and tells each run's orchestration; then tells runs to give way to others. A failure
/// for one run affects no other.
/// </summary>
public sealed partial class ExpireLeases(
    IDispatchQueue queue,
    IPoolLoad nodes,
    RunEvents events,
    OrphanedRuns orphans,
    RunPreemption preemption,
    TimeProvider time,
    ILogger<ExpireLeases> logger
)
{
    private const int AtOnce = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // Every five seconds.
    [Function(nameof(ExpireLeases))]
    public async Task RunAsync(
        [TimerTrigger("*/5 * * * * *")] TimerInfo timer,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    )
    {
        var lost = await queue.TakeExpiredAsync(cancellationToken);
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(lost, options, async (lease, token) => await TryTellAsync(client, lease, token));
        await preemption.PreemptAsync(cancellationToken);
    }

    // A failure is only logged: the queue returns the lease again at the next timer call, until it is finished.
    private async Task TryTellAsync(DurableTaskClient client, LostLease lost, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await TellAsync(client, lost, both.Token);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotTold(lost.RunId.ToString(), lost.Attempt, e);
        }
    }

    private async Task TellAsync(DurableTaskClient client, LostLease lost, CancellationToken cancellationToken)
    {
        LogLost(lost.Node, lost.RunId.ToString(), lost.Attempt);
        await nodes.JudgeAsync(lost, NodeVerdict.Lost, cancellationToken);
        var signal = new NodeLost(lost.Attempt, lost.Node) { Learner = lost.Learner };
        var delivery = await events.SendAsync(client, lost.RunId, signal, cancellationToken);
        await queue.FinishAsync(lost.RunId, lost.Attempt, cancellationToken);
        if (delivery is not EventDelivery.Taken)
        {
            await orphans.TryEndAsync(client, lost.RunId, cancellationToken);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Node {Node} fell silent and lost {RunId}, attempt {Attempt}")]
    private partial void LogLost(string node, string runId, int attempt);

    [LoggerMessage(2, LogLevel.Error, "{RunId} could not be told that attempt {Attempt} was lost")]
    private partial void LogNotTold(string runId, int attempt, Exception exception);
}
