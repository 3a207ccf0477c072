using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Trainyard.Core.Stores;
using Trainyard.Functions.Blobs;

namespace Trainyard.Functions.Timers;

/// <summary>Starts what was dropped where no trigger tells of it: not every plan of Azure polls a container.</summary>
public sealed class FindDroppedRuns(IDropBox drops, DroppedRuns dropped)
{
    // Every 20 seconds.
    [Function(nameof(FindDroppedRuns))]
    public async Task RunAsync(
        [TimerTrigger("*/20 * * * * *")] TimerInfo timer,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    )
    {
        var names = await drops.ListAsync(cancellationToken).ToListAsync(cancellationToken);
        foreach (var (owner, baseName) in DropNames.Unanswered(names))
            await dropped.StartAsync(client, owner, baseName, cancellationToken);
    }
}
