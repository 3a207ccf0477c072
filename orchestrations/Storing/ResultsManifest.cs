using System.Security.Cryptography;
using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Orchestrations.Storing;

/// <summary>
/// The list of all stored files of a run, written into the bucket last: when it is there, all other files are too. It
/// can be very long, so it is written to a temporary file and never held in memory.
/// </summary>
public sealed class ResultsManifest(StoringPlans plans, IBlobStore blobs)
{
    /// <summary>The file name, relative to the run's folder.</summary>
    public const string FileName = "_manifest.json";

    // The number of buffered bytes after which the writer flushes to the file.
    private const int FlushBytes = 64 * 1024;

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
        await using var file = TemporaryFile.Create();
        await WriteAsync(file, run, plan, cancellationToken);
        var bucket = run.Manifest.TrainingResults.Bucket;
        var key = ResultKeys.Of(run, FileName);
        if (file.Length > PlanWriter.LeastPartBytes)
        {
            var intended = PlanWriter.Intended(bucket, key, file.Length);
            await plans.PutLargePageAsync(run.Id, "manifest", new([intended]), cancellationToken);
        }
        var upload = await store.BeginUploadAsync(bucket, key, file.Length, cancellationToken);
        await BlobUpload.WriteWholeAsync(store, upload, From(file.Name), cancellationToken);

        static OpenRange From(string path) =>
            (offset, length, _) => Task.FromResult<Stream>(new RangeStream(Open(path), offset, length));
    }

    // Closing the first handle, the writer's, deletes the file; nothing else does.
    private static FileStream Open(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    private async Task WriteAsync(
        FileStream file,
        TrainingRun run,
        StoringPlan plan,
        CancellationToken cancellationToken
    )
    {
        await using var json = new Utf8JsonWriter(file);
        json.WriteStartObject();
        json.WriteString("run_id", run.Id.ToString());
        json.WriteStartArray("files");
        WriteFile(json, SubmittedCode.Path, run.Archive.Bytes, run.Archive.Sha256);
        for (var unit = 0; unit < plan.Units; unit++)
        {
            var content =
                await plans.GetUnitAsync(run.Id, unit, cancellationToken)
                ?? throw new FileNotFoundException($"Unit {unit} of the storing plan is gone.");
            foreach (var item in content.Items.Where(item => item.Part == 0))
            {
                await WriteFileAsync(json, run, item, cancellationToken);
            }
            if (json.BytesPending > FlushBytes)
            {
                await json.FlushAsync(cancellationToken);
            }
        }
        for (var page = 0; page < plan.LargePages; page++)
        {
            var files = await plans.GetLargePageAsync(run.Id, page, cancellationToken);
            foreach (var written in files.Files.Where(large => large.WrittenBy is not null))
            {
                WriteFile(json, PathOf(run, written.Upload), written.Upload.Bytes, written.Sha256!);
            }
        }
        json.WriteEndArray();
        json.WriteEndObject();
        await json.FlushAsync(cancellationToken);
    }

    private async Task WriteFileAsync(
        Utf8JsonWriter json,
        TrainingRun run,
        StoringItem item,
        CancellationToken cancellationToken
    )
    {
        var path = PathOf(run, item.Upload);
        if (path != SubmittedCode.Path)
        {
            var sha256 = item.Sha256 ?? await HashAsync(item, cancellationToken);
            WriteFile(json, path, item.Upload.Bytes, sha256);
        }
    }

    private static string PathOf(TrainingRun run, ObjectUpload upload) => upload.Key[ResultKeys.Folder(run).Length..];

    private static void WriteFile(Utf8JsonWriter json, string path, long bytes, string sha256)
    {
        json.WriteStartObject();
        json.WriteString("path", path);
        json.WriteNumber("size", bytes);
        json.WriteString("sha256", sha256);
        json.WriteEndObject();
    }

    // Appended files, and files that bypassed the service's store, have no hash yet.
    private async Task<string> HashAsync(StoringItem item, CancellationToken cancellationToken)
    {
        var open = BlobUpload.From(blobs, BlobName.Parse(item.Blob));
        await using var content = await open(0, item.Upload.Bytes, cancellationToken);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken));
    }
}
