using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;
using Trainyard.Orchestrations.Storing;

namespace Trainyard.Orchestrations.Activities;

public sealed record CompleteUploadsRequest
{
    public required RunId RunId { get; init; }

    /// <summary>The page number, from 0.</summary>
    public required int Page { get; init; }
}

/// <summary>Completes one page of the plan's large files and verifies each against the bucket.</summary>
public sealed class CompleteUploads(
    IRunStore runs,
    ISecretStore secrets,
    IObjectStoreFactory stores,
    LargeFiles largeFiles,
    TimeProvider time
)
{
    [Function(nameof(CompleteUploads))]
    public async Task<StoringResult> RunAsync(
        [ActivityTrigger] CompleteUploadsRequest request,
        CancellationToken cancellationToken
    )
    {
        var run = (await runs.GetAsync(request.RunId, cancellationToken))?.Run;
        var runSecrets = run is null ? null : await secrets.GetAsync(run.Submission, cancellationToken);
        if (run is null || runSecrets is null)
        {
            return new() { Refusal = RunReason.System("record_missing", "the run's record or secrets are gone") };
        }
        using var span = run.StartSpan(nameof(CompleteUploads));
        var refusal = await StoreRefusals.OfStoringAsync(
            async () =>
            {
                await using var store = stores.Open(run.Manifest.TrainingResults, runSecrets.Results, run.Owner);
                await largeFiles.CompleteAsync(run.Id, request.Page, store, cancellationToken);
            },
            time,
            cancellationToken
        );
        return new() { Refusal = refusal };
    }
}
