using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.Files;

/// <summary>
/// Buckets as folders of this machine, without credentials; <see cref="FileRoots"/> defines their owners. A results
/// bucket is created when its first upload begins; a bucket to read from must exist.
/// </summary>
internal sealed class FileObjectStore(FileRoot root, long partBytes) : IObjectStore
{
    public Task ProbeAsync(string bucket, CancellationToken cancellationToken) =>
        FileErrors.MapAsync(
            bucket,
            () =>
            {
                _ = Directory.EnumerateFileSystemEntries(root.ExistingBucketFolder(bucket)).Any();
                return Task.FromResult(true);
            }
        );

    public Task<ObjectPage> ListAsync(
        string bucket,
        string prefix,
        string? continuation,
        int limit,
        CancellationToken cancellationToken
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 1000);
        return FileErrors.MapAsync(
            bucket,
            () =>
            {
                var listing = new FileListing(root, root.ExistingBucketFolder(bucket), prefix, continuation);
                var objects = listing.Objects(cancellationToken).Take(limit + 1).ToList();
                if (objects.Count <= limit)
                {
                    return Task.FromResult(new ObjectPage(objects, null));
                }
                objects.RemoveAt(limit);
                return Task.FromResult(new ObjectPage(objects, objects[^1].Key));
            }
        );
    }

    public Task<Stream> OpenReadAsync(
        string bucket,
        string key,
        long offset,
        long? length,
        CancellationToken cancellationToken
    ) =>
        FileErrors.MapAsync(
            key,
            () =>
            {
                var path = root.ObjectPath(root.ExistingBucketFolder(bucket), key);
                // Checked first, because opening a folder fails with "access denied".
                if (!File.Exists(path))
                {
                    throw new FileNotFoundException();
                }
                var file = new FileStream(path, ReadOptions());
                return Task.FromResult<Stream>(new RangeStream(file, offset, length));
            }
        );

    public Task<Uri?> PresignReadAsync(
        string bucket,
        string key,
        TimeSpan expiry,
        CancellationToken cancellationToken
    ) => Task.FromResult<Uri?>(null);

    public Task<ObjectUpload> BeginUploadAsync(
        string bucket,
        string key,
        long size,
        CancellationToken cancellationToken
    ) => FileErrors.MapAsync(key, () => Task.FromResult(FileUpload.Begin(root, bucket, key, size, partBytes)));

    public Task<PartReceipt> WritePartAsync(
        ObjectUpload upload,
        int part,
        Stream content,
        long length,
        CancellationToken cancellationToken
    ) =>
        FileErrors.MapAsync(
            upload.Key,
            () => new FileUpload(root, upload).WritePartAsync(part, content, length, cancellationToken)
        );

    public Task<StoredObject?> CompleteUploadAsync(
        ObjectUpload upload,
        IReadOnlyList<PartReceipt>? receipts,
        CancellationToken cancellationToken
    ) =>
        FileErrors.MapAsync(
            upload.Key,
            async () =>
            {
                var under = new FileUpload(root, upload);
                if (receipts is not null)
                {
                    return await under.CompleteAsync(receipts, cancellationToken);
                }
                under.GiveUp();
                return null;
            }
        );

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static FileStreamOptions ReadOptions() =>
        new() { Share = FileShare.ReadWrite | FileShare.Delete, Options = FileOptions.Asynchronous };
}
