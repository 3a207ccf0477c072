using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Trainyard.Functions.Blobs;

namespace Trainyard.Functions.Timers;

/// <summary>
/// Starts dropped runs where no trigger reports new files (not every Azure plan polls a container), and answers when
/// the second file of a pair does not come.
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
