using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Orchestrations.Storing;

/// <summary>Plans, units and receipts, kept as blobs beside the staged files. The plan itself is written last.</summary>
public sealed class StoringPlans(IBlobStore blobs)
{
    // Small files share an activity, so that ten thousand of them are not ten thousand activities.
    private const int MaxFilesPerUnit = 64;
    private const long MaxBytesPerUnit = 32 * 1024 * 1024;

    /// <summary>The plan of a run, or null before there is one.</summary>
    public Task<StoringPlan?> FindAsync(RunId id, CancellationToken cancellationToken) =>
        ReadAsync<StoringPlan>(RunBlobs.Plan(id), cancellationToken);

    /// <summary>A unit, or null.</summary>
    public Task<StoringUnit?> GetUnitAsync(RunId id, int unit, CancellationToken cancellationToken) =>
        ReadAsync<StoringUnit>(RunBlobs.Unit(id, unit), cancellationToken);

    /// <summary>Whether a unit is stored.</summary>
    public async Task<bool> HasReceiptAsync(RunId id, int unit, CancellationToken cancellationToken) =>
        await blobs.FindAsync(RunBlobs.Receipt(id, unit), cancellationToken) is not null;

    /// <summary>Keeps what the bucket said of a unit.</summary>
    public Task PutReceiptAsync(RunId id, int unit, StoringReceipt receipt, CancellationToken cancellationToken) =>
        WriteAsync(RunBlobs.Receipt(id, unit), receipt, cancellationToken);

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
            var receipt = await ReadAsync<StoringReceipt>(name, cancellationToken);
            receipts.Add(receipt?.Parts[0] ?? throw new FileNotFoundException($"The receipt '{name}' is gone."));
        }
        return receipts;
    }

    /// <summary>Begins the uploads, writes the units and then the plan; gives the number of units.</summary>
    internal async Task<int> CreateAsync(
        TrainingRun run,
        IObjectStore store,
        IReadOnlyList<StagedFile> files,
        CancellationToken cancellationToken
    )
    {
        var units = new List<StoringUnit>();
        var large = new List<LargeFile>();
        var small = new List<StoringItem>();
        foreach (var file in files)
        {
            var key = ResultKeys.Of(run, file.Path);
            var bucket = run.Manifest.TrainingResults.Bucket;
            var upload = await store.BeginUploadAsync(bucket, key, file.Bytes, cancellationToken);
            if (upload.Parts == 1)
            {
                AddSmall(units, small, Item(file, upload, part: 0));
                continue;
            }
            large.Add(new LargeFile(upload, units.Count));
            for (var part = 0; part < upload.Parts; part++)
            {
                units.Add(new StoringUnit([Item(file, upload, part)]));
            }
        }
        if (small.Count > 0)
        {
            units.Add(new StoringUnit(small));
        }

        for (var unit = 0; unit < units.Count; unit++)
        {
            await WriteAsync(RunBlobs.Unit(run.Id, unit), units[unit], cancellationToken);
        }
        var plan = new StoringPlan
        {
            Units = units.Count,
            Files = files.Count,
            Bytes = files.Sum(f => f.Bytes),
            LargeFiles = large,
        };
        await WriteAsync(RunBlobs.Plan(run.Id), plan, cancellationToken);
        return units.Count;
    }

    private static StoringItem Item(StagedFile file, ObjectUpload upload, int part) =>
        new()
        {
            Blob = file.Blob.ToString(),
            Upload = upload,
            Part = part,
        };

    private static void AddSmall(List<StoringUnit> units, List<StoringItem> small, StoringItem item)
    {
        if (small.Count == MaxFilesPerUnit || small.Sum(i => i.Upload.Bytes) + item.Upload.Bytes > MaxBytesPerUnit)
        {
            if (small.Count > 0)
            {
                units.Add(new StoringUnit([.. small]));
            }
            small.Clear();
        }
        small.Add(item);
    }

    private async Task<T?> ReadAsync<T>(BlobName name, CancellationToken cancellationToken)
        where T : class
    {
        await using var content = await blobs.OpenReadAsync(name, 0, null, cancellationToken);
        return content is null
            ? null
            : await JsonSerializer.DeserializeAsync<T>(content, WireJson.Options, cancellationToken);
    }

    private async Task WriteAsync<T>(BlobName name, T value, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(value, WireJson.Options));
        await blobs.PutAsync(name, content, expectedSha256: null, cancellationToken);
    }
}
