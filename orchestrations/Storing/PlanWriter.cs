using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Orchestrations.Storing;

/// <summary>
/// Builds a plan from a stream of staged files without holding them in memory: a run may leave a million. The intent
/// to begin a multipart upload is recorded first, so that the upload is found even after a crash.
/// </summary>
internal sealed class PlanWriter(StoringPlans plans, TrainingRun run, IObjectStore store)
{
    // Small files share an activity, to keep the number of activities low.
    private const int MaxFilesPerUnit = 64;
    private const long MaxBytesPerUnit = 32 * 1024 * 1024;
    private const int FilesPerPage = 64;
    private const int BeginsAtOnce = 8;

    /// <summary>The smallest part size that every store accepts.</summary>
    public const long LeastPartBytes = 5 << 20;

    private readonly int _storing = run.History.Count(entry => entry.Phase is RunPhase.Storing);
    private readonly List<StagedFile> _large = [];
    private readonly List<LargeFile> _written = [];
    private readonly List<StoringItem> _small = [];
    private long _smallBytes;
    private int _units;
    private int _pages;
    private int _files;
    private long _bytes;

    public async Task AddAsync(StagedFile file, CancellationToken cancellationToken)
    {
        if (file.IsResult)
        {
            _files++;
            _bytes += file.Bytes;
        }
        if (file.Bytes <= LeastPartBytes)
        {
            var upload = await store.BeginUploadAsync(Bucket, KeyOf(file), file.Bytes, cancellationToken);
            await AddSmallAsync(Item(file, upload, part: 0), cancellationToken);
            return;
        }
        _large.Add(file);
        if (_large.Count == FilesPerPage)
        {
            await EndPageAsync(cancellationToken);
        }
    }

    /// <summary>Adds a file whose parts are in the bucket already.</summary>
    public async Task AddAsync(BucketUpload file, CancellationToken cancellationToken)
    {
        _files++;
        _bytes += file.Upload.Bytes;
        _written.Add(new LargeFile(file.Upload, LargeFile.Intended) { Sha256 = file.Sha256, WrittenBy = file.Attempt });
        if (_written.Count == FilesPerPage)
        {
            await EndWrittenPageAsync(cancellationToken);
        }
    }

    /// <summary>Writes the plan itself.</summary>
    public async Task<StoringPlan> EndAsync(CancellationToken cancellationToken)
    {
        if (_large.Count > 0)
        {
            await EndPageAsync(cancellationToken);
        }
        if (_written.Count > 0)
        {
            await EndWrittenPageAsync(cancellationToken);
        }
        await EndUnitAsync(cancellationToken);
        var plan = new StoringPlan
        {
            Units = _units,
            Files = _files,
            Bytes = _bytes,
            LargePages = _pages,
        };
        await plans.PutAsync(run.Id, plan, cancellationToken);
        return plan;
    }

    private string Bucket => run.Manifest.TrainingResults.Bucket;

    private string KeyOf(StagedFile file) => ResultKeys.Of(run, file.Path);

    private async Task EndPageAsync(CancellationToken cancellationToken)
    {
        var page = $"{_pages++:D6}";
        await plans.PutLargePageAsync(run.Id, page, new([.. _large.Select(Intended)]), cancellationToken);
        var begun = new ObjectUpload[_large.Count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, _large.Count),
            new ParallelOptions { MaxDegreeOfParallelism = BeginsAtOnce, CancellationToken = cancellationToken },
            async (i, token) =>
                begun[i] = await store.BeginUploadAsync(Bucket, KeyOf(_large[i]), _large[i].Bytes, token)
        );
        var inParts = new List<LargeFile>();
        foreach (var (file, upload) in _large.Zip(begun))
        {
            if (upload.Parts == 1)
            {
                await AddSmallAsync(Item(file, upload, part: 0), cancellationToken);
                continue;
            }
            inParts.Add(new LargeFile(upload, _units) { Sha256 = file.Sha256 });
            for (var part = 0; part < upload.Parts; part++)
            {
                await PutUnitAsync([Item(file, upload, part)], cancellationToken);
            }
        }
        await plans.PutLargePageAsync(run.Id, page, new(inParts), cancellationToken);
        _large.Clear();
    }

    private async Task EndWrittenPageAsync(CancellationToken cancellationToken)
    {
        await plans.PutLargePageAsync(run.Id, $"{_pages++:D6}", new([.. _written]), cancellationToken);
        _written.Clear();
    }

    private LargeFile Intended(StagedFile file) => Intended(Bucket, KeyOf(file), file.Bytes);

    /// <summary>A large file whose upload is about to begin.</summary>
    public static LargeFile Intended(string bucket, string key, long bytes) =>
        new(
            new ObjectUpload
            {
                Bucket = bucket,
                Key = key,
                Bytes = bytes,
                PartBytes = bytes,
            },
            LargeFile.Intended
        );

    private static StoringItem Item(StagedFile file, ObjectUpload upload, int part) =>
        new()
        {
            Blob = file.Blob.ToString(),
            Upload = upload,
            Part = part,
            Sha256 = file.Sha256,
        };

    private async Task AddSmallAsync(StoringItem item, CancellationToken cancellationToken)
    {
        if (_small.Count == MaxFilesPerUnit || _smallBytes + item.Upload.Bytes > MaxBytesPerUnit)
        {
            await EndUnitAsync(cancellationToken);
        }
        _small.Add(item);
        _smallBytes += item.Upload.Bytes;
    }

    private async Task EndUnitAsync(CancellationToken cancellationToken)
    {
        if (_small.Count > 0)
        {
            await PutUnitAsync([.. _small], cancellationToken);
            _small.Clear();
            _smallBytes = 0;
        }
    }

    private Task PutUnitAsync(IReadOnlyList<StoringItem> items, CancellationToken cancellationToken) =>
        plans.PutUnitAsync(run.Id, _units++, new(items) { Storing = _storing }, cancellationToken);
}
