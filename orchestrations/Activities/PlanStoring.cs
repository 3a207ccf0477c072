using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;
using Trainyard.Orchestrations.Storing;

namespace Trainyard.Orchestrations.Activities;

public sealed record PlanStoringRequest
{
    public required RunId RunId { get; init; }

    public required int Attempt { get; init; }
}

public sealed record PlanStoringResult
{
    public int Units { get; init; }

    /// <summary>The number of pages of large files; null in histories recorded before pages existed.</summary>
    public int? LargePages { get; init; }

    public RunReason? Refusal { get; init; }
}

/// <summary>
/// Moves the run to Storing and writes the storing plan once: the files for the bucket, grouped into units.
/// </summary>
public sealed class PlanStoring(
    RunProgress progress,
    ISecretStore secrets,
    IObjectStoreFactory stores,
    IBlobStore blobs,
    StoringPlans plans,
    UnfinishedUploads uploads,
    BucketUploads written
)
{
    [Function(nameof(PlanStoring))]
    public async Task<PlanStoringResult> RunAsync(
        [ActivityTrigger] PlanStoringRequest request,
        CancellationToken cancellationToken
    )
    {
        var run = await progress.MoveAsync(request.RunId, RunPhase.Storing, reason: null, cancellationToken);
        var runSecrets = run is null ? null : await secrets.GetAsync(run.Submission, cancellationToken);
        if (run is null || runSecrets is null)
        {
            return new() { Refusal = RunReason.System("record_missing", "the run's record or secrets are gone") };
        }
        using var span = run.StartSpan(nameof(PlanStoring));
        if (await plans.FindAsync(request.RunId, cancellationToken) is { } existing)
        {
            return ResultOf(existing);
        }

        var results = run.Manifest.TrainingResults;
        StoringPlan? plan = null;
        var refusal = await StoreRefusals.OfResultsAsync(async () =>
        {
            await using var store = stores.Open(results, runSecrets.Results, run.Owner);
            plan = await WriteAsync(run, request.Attempt, store, cancellationToken);
        });
        return plan is null ? new() { Refusal = refusal } : ResultOf(plan);
    }

    private static PlanStoringResult ResultOf(StoringPlan plan) =>
        new() { Units = plan.Units, LargePages = plan.LargePages };

    private async Task<StoringPlan> WriteAsync(
        TrainingRun run,
        int attempt,
        IObjectStore store,
        CancellationToken cancellationToken
    )
    {
        var writer = new PlanWriter(plans, run, store);
        await foreach (var file in StagedFiles.ListAsync(blobs, run, attempt, cancellationToken))
        {
            await writer.AddAsync(file, cancellationToken);
        }
        await AddWrittenAsync(writer, run, attempt, store, cancellationToken);
        var plan = await writer.EndAsync(cancellationToken);
        // Another process ended the run in the meantime and may not have seen every upload begun here.
        if (await plans.IsClosedAsync(run.Id, cancellationToken))
        {
            await uploads.TryGiveUpAsync(run.Id, store, cancellationToken);
        }
        return plan;
    }

    // Adds the files that the node uploaded itself, unless it staged the same file afterwards.
    private async Task AddWrittenAsync(
        PlanWriter writer,
        TrainingRun run,
        int attempt,
        IObjectStore store,
        CancellationToken cancellationToken
    )
    {
        await foreach (var file in written.CommittedAsync(run.Id, attempt, cancellationToken))
        {
            var isStaged =
                RunBlobs.TryStaged(run.Id, attempt, file.Path, out var staged)
                && await blobs.FindAsync(staged, cancellationToken) is not null;
            if (!isStaged)
            {
                await writer.AddAsync(file, cancellationToken);
            }
            else if (store.PresignedUploads is { } presigned)
            {
                await written.GiveUpAndForgetAsync(run.Id, file, presigned, cancellationToken);
            }
        }
    }
}
