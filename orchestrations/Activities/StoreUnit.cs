using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;
using Trainyard.Orchestrations.Storing;

namespace Trainyard.Orchestrations.Activities;

public sealed record StoreUnitRequest
{
    public required RunId RunId { get; init; }

    /// <summary>From 0.</summary>
    public required int Unit { get; init; }
}

public sealed record StoringResult
{
    public RunReason? Refusal { get; init; }
}

/// <summary>
/// Writes one unit of the plan into the results bucket: some whole files, or one part of a large one. What the bucket said
/// is kept as a receipt, so a second time does nothing.
/// </summary>
public sealed class StoreUnit(
    IRunStore runs,
    ISecretStore secrets,
    IObjectStoreFactory stores,
    IBlobStore blobs,
    StoringPlans plans
)
{
    [Function(nameof(StoreUnit))]
    public async Task<StoringResult> RunAsync(
        [ActivityTrigger] StoreUnitRequest request,
        CancellationToken cancellationToken
    )
    {
        if (await plans.HasReceiptAsync(request.RunId, request.Unit, cancellationToken))
        {
            return new();
        }
        var run = (await runs.GetAsync(request.RunId, cancellationToken))?.Run;
        var runSecrets = run is null ? null : await secrets.GetAsync(run.Submission, cancellationToken);
        var unit = await plans.GetUnitAsync(request.RunId, request.Unit, cancellationToken);
        if (run is null || runSecrets is null || unit is null)
        {
            return new() { Refusal = RunReason.System("record_missing", "the run's record, secrets or plan are gone") };
        }
        using var span = run.StartSpan(nameof(StoreUnit));

        var refusal = await StoreRefusals.OfResultsAsync(async () =>
        {
            await using var store = stores.Open(run.Manifest.TrainingResults, runSecrets.Results, run.Owner);
            var receipts = new List<PartReceipt>();
            foreach (var item in unit.Items)
            {
                receipts.Add(await StoreItemAsync(store, item, cancellationToken));
            }
            await plans.PutReceiptAsync(request.RunId, request.Unit, new(receipts), cancellationToken);
        });
        return new() { Refusal = refusal };
    }

    private async Task<PartReceipt> StoreItemAsync(
        IObjectStore store,
        StoringItem item,
        CancellationToken cancellationToken
    )
    {
        var blob = BlobName.Parse(item.Blob);
        if (item.Upload.Parts > 1)
        {
            return await BlobUpload.WritePartAsync(store, item.Upload, item.Part, blobs, blob, cancellationToken);
        }
        // From its first byte each time: a run of this unit that was cut short may have published it already.
        var receipts = await BlobUpload.WriteWholeAsync(store, item.Upload, blobs, blob, cancellationToken);
        return receipts[0];
    }
}
