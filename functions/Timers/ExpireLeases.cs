using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Trainyard.Core.Pools;
using Trainyard.Orchestrations;

namespace Trainyard.Functions.Timers;

/// <summary>A node that fell silent loses its runs.</summary>
public sealed partial class ExpireLeases(IDispatchQueue queue, ILogger<ExpireLeases> logger)
{
    // Every five seconds; the setting's name is its default too.
    [Function(nameof(ExpireLeases))]
    public async Task RunAsync(
        [TimerTrigger("*/5 * * * * *")] TimerInfo timer,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    )
    {
        foreach (var lost in await queue.TakeExpiredAsync(cancellationToken))
        {
            LogLost(lost.Node, lost.RunId.ToString(), lost.Attempt);
            var signal = new NodeLost(lost.Attempt, lost.Node);
            await client.RaiseEventAsync(lost.RunId.ToString(), NodeLost.Name, signal, cancellationToken);
            await queue.FinishAsync(lost.RunId, lost.Attempt, cancellationToken);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Node {Node} fell silent and lost {RunId}, attempt {Attempt}")]
    private partial void LogLost(string node, string runId, int attempt);
}
