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

    /// <summary>The unit number, from 0.</summary>
    public required int Unit { get; init; }
}

public sealed record StoringResult
{
    public RunReason? Refusal { get; init; }
}

/// <summary>
/// Writes one unit of the plan into the results bucket: some whole files, or one part of a large file. Keeps the
/// bucket's answer as a receipt, so that a repetition does nothing.
/// </summary>
public sealed class StoreUnit(
    IRunStore runs,
    ISecretStore secrets,
    IObjectStoreFactory stores,
    IBlobStore blobs,
    StoringPlans plans,
    TimeProvider time
)
{
    // Round trips, not bytes, dominate the cost of small files. With parallel units, some dozens of files are under
    // way.
    private const int FilesAtOnce = 4;

    [Function(nameof(StoreUnit))]
    public async Task<StoringResult> RunAsync(
        [ActivityTrigger] StoreUnitRequest request,
        CancellationToken cancellationToken
    )
    {
        var run = (await runs.GetAsync(request.RunId, cancellationToken))?.Run;
        var runSecrets = run is null ? null : await secrets.GetAsync(run.Submission, cancellationToken);
        var unit = await plans.GetUnitAsync(request.RunId, request.Unit, cancellationToken);
        if (run is null || runSecrets is null || unit is null)
        {
            return new() { Refusal = RunReason.System("record_missing", "the run's record, secrets or plan are gone") };
        }
        var receipt = await plans.FindReceiptAsync(request.RunId, request.Unit, cancellationToken);
        if (receipt is not null && receipt.Storing == unit.Storing)
        {
            return new();
        }
        using var span = run.StartSpan(nameof(StoreUnit));
        if (await plans.IsClosedAsync(request.RunId, cancellationToken))
        {
            return new() { Refusal = Closed };
        }

        var refusal = await StoreRefusals.OfStoringAsync(
            async () =>
            {
                await using var store = stores.Open(run.Manifest.TrainingResults, runSecrets.Results, run.Owner);
                var receipts = await StoreAsync(store, unit, cancellationToken);
                await plans.PutReceiptAsync(
                    request.RunId,
                    request.Unit,
                    new(receipts) { Storing = unit.Storing },
                    cancellationToken
                );
                await GiveUpIfClosedAsync(request.RunId, store, unit, cancellationToken);
            },
            time,
            cancellationToken
        );
        return new() { Refusal = refusal };
    }

    private static RunReason Closed => RunReason.System("storing_ended", "the storing that this belongs to is over");

    private async Task<IReadOnlyList<PartReceipt>> StoreAsync(
        IObjectStore store,
        StoringUnit unit,
        CancellationToken cancellationToken
    )
    {
        var receipts = new PartReceipt[unit.Items.Count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, unit.Items.Count),
            new ParallelOptions { MaxDegreeOfParallelism = FilesAtOnce, CancellationToken = cancellationToken },
            async (item, token) => receipts[item] = await StoreItemAsync(store, unit.Items[item], token)
        );
        return receipts;
    }

    // Another process may have ended the storing, and given its uploads up, before this part was written.
    private async Task GiveUpIfClosedAsync(
        RunId id,
        IObjectStore store,
        StoringUnit unit,
        CancellationToken cancellationToken
    )
    {
        if (unit.Items is [{ Upload: { Parts: > 1 } upload }] && await plans.IsClosedAsync(id, cancellationToken))
        {
            await BlobUpload.TryGiveUpAsync(store, upload);
        }
    }

    private async Task<PartReceipt> StoreItemAsync(
        IObjectStore store,
        StoringItem item,
        CancellationToken cancellationToken
    )
    {
        var blob = BlobUpload.From(blobs, BlobName.Parse(item.Blob));
        if (item.Upload.Parts > 1)
        {
            return await BlobUpload.WritePartAsync(store, item.Upload, item.Part, blob, cancellationToken);
        }
        // Starts from the first byte each time: an interrupted execution of this unit may have published the file
        // already.
        var receipts = await BlobUpload.WriteWholeAsync(store, item.Upload, blob, cancellationToken);
        return receipts[0];
    }
}
