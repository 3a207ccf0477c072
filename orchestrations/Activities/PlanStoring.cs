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

    public RunReason? Refusal { get; init; }
}

/// <summary>Moves the run to Storing and writes down, once, what goes into the bucket and in which units.</summary>
public sealed class PlanStoring(
    RunProgress progress,
    ISecretStore secrets,
    IObjectStoreFactory stores,
    IBlobStore blobs,
    StoringPlans plans
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
            return new() { Units = existing.Units };
        }

        var files = await StagedFiles.ListAsync(blobs, run, request.Attempt, cancellationToken);
        var results = run.Manifest.TrainingResults;
        var units = 0;
        var refusal = await StoreRefusals.OfResultsAsync(async () =>
        {
            await using var store = stores.Open(results, runSecrets.Results, run.Owner);
            units = await plans.CreateAsync(run, store, files, cancellationToken);
        });
        return new() { Units = units, Refusal = refusal };
    }
}
