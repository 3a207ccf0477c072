using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;
using Trainyard.Orchestrations.Storing;

namespace Trainyard.Orchestrations.Activities;

public sealed record CompleteStoringRequest
{
    public required RunId RunId { get; init; }
}

/// <summary>
/// Completes the remaining multipart uploads and verifies each against the bucket, then stores the list of all files
/// and records the totals.
/// </summary>
public sealed class CompleteStoring(
    IRunStore runs,
    ISecretStore secrets,
    IObjectStoreFactory stores,
    StoringPlans plans,
    LargeFiles largeFiles,
    ResultsManifest manifest,
    TimeProvider time
)
{
    [Function(nameof(CompleteStoring))]
    public async Task<StoringResult> RunAsync(
        [ActivityTrigger] CompleteStoringRequest request,
        CancellationToken cancellationToken
    )
    {
        var run = (await runs.GetAsync(request.RunId, cancellationToken))?.Run;
        var runSecrets = run is null ? null : await secrets.GetAsync(run.Submission, cancellationToken);
        var plan = await plans.FindAsync(request.RunId, cancellationToken);
        if (run is null || runSecrets is null || plan is null)
        {
            return new() { Refusal = RunReason.System("record_missing", "the run's record, secrets or plan are gone") };
        }
        using var span = run.StartSpan(nameof(CompleteStoring));

        var refusal = await StoreRefusals.OfStoringAsync(
            async () =>
            {
                await using var store = stores.Open(run.Manifest.TrainingResults, runSecrets.Results, run.Owner);
                await largeFiles.CompleteAllAsync(run.Id, plan, store, cancellationToken);
                await manifest.StoreAsync(run, plan, store, cancellationToken);
            },
            time,
            cancellationToken
        );
        if (refusal is null)
        {
            await RecordAsync(run, plan, cancellationToken);
        }
        return new() { Refusal = refusal };
    }

    private Task<TrainingRun?> RecordAsync(TrainingRun run, StoringPlan plan, CancellationToken cancellationToken)
    {
        var results = new StoredResults
        {
            Bucket = run.Manifest.TrainingResults.Bucket,
            Files = plan.Files,
            Bytes = plan.Bytes,
        };
        return runs.ChangeAsync(
            run.Id,
            r => r.Results == results ? null : r with { Results = results },
            cancellationToken
        );
    }
}
