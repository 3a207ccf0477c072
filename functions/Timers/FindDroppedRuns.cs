using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Trainyard.Functions.Blobs;

namespace Trainyard.Functions.Timers;

/// <summary>
/// Starts dropped runs that no blob trigger reported (not every Azure plan polls a container), and reports drops whose
/// second file never came.
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
