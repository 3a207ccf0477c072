using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Trainyard.Functions.Blobs;

/// <summary>
/// Starts a run from a zip and a manifest of the same name under <c>drop/{owner}/</c> when both are there. The answer
/// appears beside them: <c>NAME.run.json</c>, or <c>NAME.problem.json</c> with everything that is wrong.
/// </summary>
public sealed class StartDroppedRun(DroppedRuns dropped)
{
    [Function(nameof(StartDroppedRun))]
    public async Task RunAsync(
        [BlobTrigger("drop/{owner}/{name}", Connection = "DropStorage")] Stream content,
        string owner,
        string name,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    )
    {
        if (DropNames.BaseOf(name) is { } baseName)
        {
            await dropped.StartAsync(client, owner, baseName, cancellationToken);
        }
    }
}
