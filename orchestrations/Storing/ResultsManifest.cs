using System.Security.Cryptography;
using Trainyard.Contracts;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Orchestrations.Storing;

/// <summary>
/// The list of all stored files of a run, written into the bucket last: when it is there, all other files are too. The
/// service keeps the list, too, for the run's owner to see.
/// </summary>
public sealed class ResultsManifest(StoringPlans plans, IBlobStore blobs, StoredFiles stored)
{
    /// <summary>The file name, relative to the run's folder.</summary>
    public const string FileName = "_manifest.json";

    /// <summary>Whether a path of a run's results is that of this list or below it.</summary>
    public static bool IsIts(string path) =>
        path == FileName || path.StartsWith(FileName + "/", StringComparison.Ordinal);

    public async Task StoreAsync(
        TrainingRun run,
        StoringPlan plan,
        IObjectStore store,
        CancellationToken cancellationToken
    )
    {
        await using var listing = new ResultsListing(run.Id);
        await WriteAsync(listing, run, plan, cancellationToken);
        var lines = await listing.EndAsync(FileName, cancellationToken);
        var file = listing.Document;
        var bucket = run.Manifest.TrainingResults.Bucket;
        var key = ResultKeys.Of(run, FileName);
        if (file.Length > PlanWriter.LeastPartBytes)
        {
            var intended = PlanWriter.Intended(bucket, key, file.Length);
            await plans.PutLargePageAsync(run.Id, "manifest", new([intended]), cancellationToken);
        }
        var upload = await store.BeginUploadAsync(bucket, key, file.Length, cancellationToken);
        await BlobUpload.WriteWholeAsync(store, upload, From(file.Name), cancellationToken);
        await stored.PutAsync(run.Id, lines, cancellationToken);

        static OpenRange From(string path) =>
            (offset, length, _) => Task.FromResult<Stream>(new RangeStream(Open(path), offset, length));
    }

    // Closing the first handle, the writer's, deletes the file; nothing else does.
    private static FileStream Open(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    private async Task WriteAsync(
        ResultsListing listing,
        TrainingRun run,
        StoringPlan plan,
        CancellationToken cancellationToken
    )
    {
        await listing.AddAsync(CodeOf(run), cancellationToken);
        for (var unit = 0; unit < plan.Units; unit++)
        {
            var content =
                await plans.GetUnitAsync(run.Id, unit, cancellationToken)
                ?? throw new FileNotFoundException($"Unit {unit} of the storing plan is gone.");
            foreach (var item in content.Items.Where(item => item.Part == 0))
            {
                await AddAsync(listing, run, item, cancellationToken);
            }
        }
        for (var page = 0; page < plan.LargePages; page++)
        {
            var files = await plans.GetLargePageAsync(run.Id, page, cancellationToken);
            foreach (var written in files.Files.Where(large => large.WrittenBy is not null))
            {
                var file = new StoredFile
                {
                    Path = PathOf(run, written.Upload),
                    Bytes = written.Upload.Bytes,
                    Sha256 = written.Sha256!,
                };
                await listing.AddAsync(file, cancellationToken);
            }
        }
    }

    private static StoredFile CodeOf(TrainingRun run) =>
        new()
        {
            Path = SubmittedCode.Path,
            Bytes = run.Archive.Bytes,
            Sha256 = run.Archive.Sha256,
            Blob = RunBlobs.Archive(run.Submission).ToString(),
        };

    private async Task AddAsync(
        ResultsListing listing,
        TrainingRun run,
        StoringItem item,
        CancellationToken cancellationToken
    )
    {
        var path = PathOf(run, item.Upload);
        if (path != SubmittedCode.Path)
        {
            var file = new StoredFile
            {
                Path = path,
                Bytes = item.Upload.Bytes,
                Sha256 = item.Sha256 ?? await HashAsync(item, cancellationToken),
                Blob = item.Blob,
            };
            await listing.AddAsync(file, cancellationToken);
        }
    }

    private static string PathOf(TrainingRun run, ObjectUpload upload) => upload.Key[ResultKeys.Folder(run).Length..];

    // Appended files, and files that bypassed the service's store, have no hash yet.
    private async Task<string> HashAsync(StoringItem item, CancellationToken cancellationToken)
    {
        var open = BlobUpload.From(blobs, BlobName.Parse(item.Blob));
        await using var content = await open(0, item.Upload.Bytes, cancellationToken);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken));
    }
}
