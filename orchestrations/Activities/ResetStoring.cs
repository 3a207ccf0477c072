using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;
using Trainyard.Orchestrations.Storing;

namespace Trainyard.Orchestrations.Activities;

public sealed record ResetStoringRequest
{
    public required RunId RunId { get; init; }
}

/// <summary>
/// Clears the plan of a failed storing, because its uploads may have expired. The next storing makes a new plan.
/// </summary>
public sealed class ResetStoring(IRunStore runs, IBlobStore blobs, UnfinishedUploads uploads)
{
    [Function(nameof(ResetStoring))]
    public async Task RunAsync([ActivityTrigger] ResetStoringRequest request, CancellationToken cancellationToken)
    {
        if ((await runs.GetAsync(request.RunId, cancellationToken))?.Run is not { } run)
        {
            return;
        }

        using var span = run.StartSpan(nameof(ResetStoring));
        await uploads.TryGiveUpAsync(run, run.Unstored?.Attempt, cancellationToken);
        await blobs.DeleteAsync(RunBlobs.PlanPrefix(run.Id), cancellationToken);
    }
}
