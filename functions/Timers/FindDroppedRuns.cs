using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Trainyard.Functions.Blobs;

namespace Trainyard.Functions.Timers;

/// <summary>
/// Starts what was dropped where no trigger tells of it (not every plan of Azure polls a container), and answers what no
/// second file came for.
/// </summary>
public sealed class FindDroppedRuns(DroppedRuns dropped)
{
    // Every 20 seconds.
    [Function(nameof(FindDroppedRuns))]
    public async Task RunAsync(
        [TimerTrigger("*/20 * * * * *")] TimerInfo timer,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    ) => await dropped.StartAllAsync(client, cancellationToken);
}
