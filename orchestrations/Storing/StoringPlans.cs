using System.Runtime.CompilerServices;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Orchestrations.Storing;

/// <summary>Plans, units and receipts, kept as blobs beside the staged files. The plan itself is written last.</summary>
public sealed class StoringPlans(IBlobStore blobs)
{
    /// <summary>The plan of a run, or null before there is one.</summary>
    public Task<StoringPlan?> FindAsync(RunId id, CancellationToken cancellationToken) =>
        blobs.ReadJsonAsync<StoringPlan>(RunBlobs.Plan(id), cancellationToken);

    /// <summary>A unit, or null when there is none.</summary>
    public Task<StoringUnit?> GetUnitAsync(RunId id, int unit, CancellationToken cancellationToken) =>
        blobs.ReadJsonAsync<StoringUnit>(RunBlobs.Unit(id, unit), cancellationToken);

    /// <summary>The receipt of a unit, or null before it is stored.</summary>
    public Task<StoringReceipt?> FindReceiptAsync(RunId id, int unit, CancellationToken cancellationToken) =>
        blobs.ReadJsonAsync<StoringReceipt>(RunBlobs.Receipt(id, unit), cancellationToken);

    /// <summary>Keeps the receipt of a unit.</summary>
    public Task PutReceiptAsync(RunId id, int unit, StoringReceipt receipt, CancellationToken cancellationToken) =>
        blobs.WriteJsonAsync(RunBlobs.Receipt(id, unit), receipt, cancellationToken);

    /// <summary>The receipts of a large file's parts, in order.</summary>
    public async Task<IReadOnlyList<PartReceipt>> GetReceiptsAsync(
        RunId id,
        LargeFile file,
        CancellationToken cancellationToken
    )
    {
        var receipts = new List<PartReceipt>(file.Upload.Parts);
        for (var part = 0; part < file.Upload.Parts; part++)
        {
            var name = RunBlobs.Receipt(id, file.FirstUnit + part);
            var receipt = await blobs.ReadJsonAsync<StoringReceipt>(name, cancellationToken);
            receipts.Add(receipt?.Parts[0] ?? throw Missing(name));
        }
        return receipts;
    }

    /// <summary>A page of large files.</summary>
    public async Task<LargePage> GetLargePageAsync(RunId id, int page, CancellationToken cancellationToken) =>
        await blobs.ReadJsonAsync<LargePage>(RunBlobs.LargePage(id, $"{page:D6}"), cancellationToken)
        ?? throw Missing(RunBlobs.LargePage(id, $"{page:D6}"));

    /// <summary>All large files whose upload has begun or is about to begin, even before there is a plan.</summary>
    public async IAsyncEnumerable<LargeFile> BegunAsync(
        RunId id,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        foreach (var large in (await FindAsync(id, cancellationToken))?.LargeFiles ?? [])
        {
            yield return large;
        }
        await foreach (var blob in blobs.ListAsync(RunBlobs.LargePages(id), cancellationToken))
        {
            foreach (var large in (await blobs.ReadJsonAsync<LargePage>(blob.Name, cancellationToken))?.Files ?? [])
            {
                yield return large;
            }
        }
    }

    /// <summary>Whether all files of a page are completed.</summary>
    public Task<bool> IsPageCompletedAsync(RunId id, int page, CancellationToken cancellationToken) =>
        IsThereAsync(RunBlobs.LargePageCompleted(id, page), cancellationToken);

    /// <summary>Records that all files of a page are completed.</summary>
    public Task PutPageCompletedAsync(RunId id, int page, CancellationToken cancellationToken) =>
        blobs.WriteJsonAsync(RunBlobs.LargePageCompleted(id, page), new { }, cancellationToken);

    /// <summary>
    /// Closes this storing: a process that begins an upload for it afterwards must give that upload up.
    /// </summary>
    public Task CloseAsync(RunId id, CancellationToken cancellationToken) =>
        blobs.WriteJsonAsync(RunBlobs.StoringClosed(id), new { }, cancellationToken);

    /// <summary>Whether this storing is over.</summary>
    public Task<bool> IsClosedAsync(RunId id, CancellationToken cancellationToken) =>
        IsThereAsync(RunBlobs.StoringClosed(id), cancellationToken);

    internal Task PutUnitAsync(RunId id, int unit, StoringUnit content, CancellationToken cancellationToken) =>
        blobs.WriteJsonAsync(RunBlobs.Unit(id, unit), content, cancellationToken);

    internal Task PutLargePageAsync(RunId id, string page, LargePage content, CancellationToken cancellationToken) =>
        blobs.WriteJsonAsync(RunBlobs.LargePage(id, page), content, cancellationToken);

    internal Task PutAsync(RunId id, StoringPlan plan, CancellationToken cancellationToken) =>
        blobs.WriteJsonAsync(RunBlobs.Plan(id), plan, cancellationToken);

    private static FileNotFoundException Missing(BlobName name) => new($"'{name}' of the storing plan is gone.");

    private async Task<bool> IsThereAsync(BlobName name, CancellationToken cancellationToken) =>
        await blobs.FindAsync(name, cancellationToken) is not null;
}
