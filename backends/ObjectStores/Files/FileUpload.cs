using System.Security.Cryptography;
using System.Text;
using Trainyard.Core.Stores;
using Trainyard.Storage;

namespace Trainyard.Backends.ObjectStores.Files;

/// <summary>
/// An unfinished upload: a hidden file in the bucket's own folder, so that a rename publishes it. Parts are written at
/// their offsets. With several parts the begin creates the file; a single part creates it each time it is written.
/// </summary>
internal sealed class FileUpload(FileRoot root, ObjectUpload upload)
{
    private const int MostTries = 10;

    private readonly string _bucketFolder = root.BucketFolder(upload.Bucket);

    private string Folder => Path.Combine(_bucketFolder, FileRoot.UploadsFolder);

    private string Partial =>
        Guid.TryParseExact(upload.UploadId, "N", out var id)
            ? Path.Combine(Folder, id.ToString("N"))
            : throw new ObjectStoreException(ObjectStoreFailure.Invalid, "The upload is not one of a file store.");

    private string Target => root.ObjectPath(_bucketFolder, upload.Key);

    public static ObjectUpload Begin(FileRoot root, string bucket, string key, long size, long partBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        var folder = root.MakeBucketFolder(bucket);
        _ = root.ObjectPath(folder, key);
        var upload = new ObjectUpload
        {
            Bucket = bucket,
            Key = key,
            Bytes = size,
            PartBytes = partBytes,
            // Derived from the key, so that a repeated begin finds the file of the first begin.
            UploadId = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 16)),
        };
        if (upload.Parts > 1)
        {
            using var made = new FileUpload(root, upload).Make();
        }
        return upload;
    }

    public Task<PartReceipt> WritePartAsync(int part, Stream content, long length, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(part);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(part, upload.Parts);
        ArgumentOutOfRangeException.ThrowIfNotEqual(length, upload.LengthOf(part));
        return upload.Parts > 1 && !File.Exists(Partial)
            ? FindPublishedAsync(part, content, length, cancellationToken)
            : OrLeaveNothingAsync(() => WriteAsync(part, content, length, cancellationToken));
    }

    public Task<StoredObject> CompleteAsync(IReadOnlyList<PartReceipt> receipts, CancellationToken cancellationToken)
    {
        if (receipts.Count != upload.Parts)
        {
            throw new ObjectStoreException(
                ObjectStoreFailure.Invalid,
                $"{receipts.Count} of {upload.Parts} parts of '{upload.Key}' were written."
            );
        }
        return OrLeaveNothingAsync(async () =>
        {
            if (await FileContent.IsAsync(Partial, upload, receipts, cancellationToken))
            {
                Publish();
            }
            else if (!await FileContent.IsAsync(Target, upload, receipts, cancellationToken))
            {
                throw NotWhatWasWritten();
            }
            // Also on a repeat: the previous call may have died between the rename and this flush.
            FlushFoldersUpToBucket(Path.GetDirectoryName(Target)!);
            RemoveFolderIfEmpty();
            return new StoredObject(upload.Key, upload.Bytes, null);
        });
    }

    public void GiveUp()
    {
        if (!Directory.Exists(Folder))
        {
            return;
        }
        File.Delete(Partial);
        RemoveFolderIfEmpty();
    }

    private FileStream Make()
    {
        root.MakeBucketFolder(upload.Bucket);
        // Retries, because an upload that ends removes the folder if it is empty.
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                Directory.CreateDirectory(Folder);
                // Does not truncate: a repeated writer may overlap with the previous one on the same bytes.
                var file = FileContent.Open(Partial, FileMode.OpenOrCreate, FileAccess.Write);
                file.SetLength(upload.Bytes);
                return file;
            }
            catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException && attempt < MostTries)
            { }
        }
    }

    private async Task<PartReceipt> WriteAsync(
        int part,
        Stream content,
        long length,
        CancellationToken cancellationToken
    )
    {
        await using var file = upload.Parts == 1 ? Make() : FileContent.Open(Partial, FileMode.Open, FileAccess.Write);
        file.Position = part * upload.PartBytes;
        var md5 = await FileContent.CopyAsync(content, file, length, cancellationToken);
        file.Flush(flushToDisk: true);
        return new PartReceipt(part, length, md5, md5);
    }

    // Without the upload's file the upload was completed or given up; a repeated part succeeds if the object contains
    // it.
    private async Task<PartReceipt> FindPublishedAsync(
        int part,
        Stream content,
        long length,
        CancellationToken cancellationToken
    )
    {
        var md5 = await FileContent.CopyAsync(content, Stream.Null, length, cancellationToken);
        var receipt = new PartReceipt(part, length, md5, md5);
        return await FileContent.IsAsync(Target, upload, [receipt], cancellationToken)
            ? receipt
            : throw new ObjectStoreException(
                ObjectStoreFailure.ObjectNotFound,
                $"The upload of '{upload.Key}' is not in the file store any more."
            );
    }

    // A failure deletes a single-part upload, which is repeated as a whole. A larger upload stays for its other
    // writers.
    private async Task<T> OrLeaveNothingAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch when (upload.Parts == 1)
        {
            GiveUp();
            throw;
        }
    }

    private ObjectStoreException NotWhatWasWritten() =>
        new(ObjectStoreFailure.Corrupt, $"What the file store holds of '{upload.Key}' is not what was written.");

    private void Publish()
    {
        var folder = Path.GetDirectoryName(Target)!;
        ThrowIfInTheWay(Target, folder);
        Directory.CreateDirectory(folder);
        // Reading Target checks the path again: its folders may have been created, or linked elsewhere, meanwhile.
        File.Move(Partial, Target, overwrite: true);
    }

    // A bucket may hold both "a" and "a/b"; a folder cannot.
    private void ThrowIfInTheWay(string target, string folder)
    {
        var isInTheWay = Directory.Exists(target);
        for (var at = folder; at.Length > _bucketFolder.Length; at = Path.GetDirectoryName(at)!)
        {
            isInTheWay |= File.Exists(at);
        }
        if (isInTheWay)
        {
            throw new ObjectStoreException(
                ObjectStoreFailure.Invalid,
                $"'{upload.Key}' cannot be a file: a folder of its name is there, or a file of its folder's name."
            );
        }
    }

    private void FlushFoldersUpToBucket(string folder)
    {
        for (var at = folder; at.Length >= _bucketFolder.Length; at = Path.GetDirectoryName(at)!)
        {
            DurableFiles.FlushFolder(at);
        }
    }

    private void RemoveFolderIfEmpty()
    {
        try
        {
            Directory.Delete(Folder);
        }
        catch (IOException)
        {
            // The folder is not empty, or gone already.
        }
    }
}
