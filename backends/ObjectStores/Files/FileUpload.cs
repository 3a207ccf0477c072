using System.Security.Cryptography;
using System.Text;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.Files;

/// <summary>
/// An upload under way: a hidden file in the bucket's own folder (so that a rename makes it the object), into which
/// parts are written at their offsets.
/// </summary>
internal sealed class FileUpload(FileRoot root, ObjectUpload upload)
{
    private readonly string bucketFolder = root.BucketFolder(upload.Bucket);

    private string Folder => Path.Combine(bucketFolder, FileRoot.UploadsFolder);

    private string Partial =>
        Guid.TryParseExact(upload.UploadId, "N", out var id)
            ? Path.Combine(Folder, id.ToString("N"))
            : throw new ObjectStoreException(ObjectStoreFailure.Invalid, "The upload is not one of a file store.");

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
            // Follows from the key: a begin that is repeated finds the file of the first one.
            UploadId = new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 16)).ToString("N"),
        };
        new FileUpload(root, upload).Create();
        return upload;
    }

    public async Task<PartReceipt> WritePartAsync(
        int part,
        Stream content,
        long length,
        CancellationToken cancellationToken
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(part);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(part, upload.Parts);
        ArgumentOutOfRangeException.ThrowIfNotEqual(length, upload.LengthOf(part));
        await using var file = new FileStream(Partial, FileOptionsFor(FileMode.Open, FileAccess.Write));
        file.Position = part * upload.PartBytes;
        var md5 = await Md5Async(content, file, length, cancellationToken);
        file.Flush(flushToDisk: true);
        return new PartReceipt(part, length, md5, md5);
    }

    public async Task<StoredObject> CompleteAsync(
        IReadOnlyList<PartReceipt> receipts,
        CancellationToken cancellationToken
    )
    {
        if (receipts.Count != upload.Parts)
            throw new ObjectStoreException(
                ObjectStoreFailure.Invalid,
                $"{receipts.Count} of {upload.Parts} parts of '{upload.Key}' were written."
            );
        var target = root.ObjectPath(bucketFolder, upload.Key);
        var isRepeat = !File.Exists(Partial) && File.Exists(target);
        await VerifyAsync(isRepeat ? target : Partial, receipts, cancellationToken);
        if (!isRepeat)
            Publish(target);
        return new StoredObject(upload.Key, upload.Bytes, null);
    }

    public void GiveUp()
    {
        if (!Directory.Exists(Folder))
            return;
        File.Delete(Partial);
        RemoveFolderIfEmpty();
    }

    private void Create()
    {
        // An upload that ends removes the folder when it was the last one in it: then make it once more.
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                Directory.CreateDirectory(Folder);
                using var file = new FileStream(Partial, FileOptionsFor(FileMode.OpenOrCreate, FileAccess.Write));
                file.SetLength(upload.Bytes);
                return;
            }
            catch (DirectoryNotFoundException) when (attempt < 10) { }
        }
    }

    private async Task VerifyAsync(
        string path,
        IReadOnlyList<PartReceipt> receipts,
        CancellationToken cancellationToken
    )
    {
        await using var file = new FileStream(path, FileOptionsFor(FileMode.Open, FileAccess.Read));
        var isWhole = file.Length == upload.Bytes;
        foreach (var receipt in receipts.OrderBy(r => r.Part))
        {
            isWhole =
                isWhole
                && receipt.Md5 == await Md5Async(file, Stream.Null, upload.LengthOf(receipt.Part), cancellationToken);
        }
        if (!isWhole)
            throw new ObjectStoreException(
                ObjectStoreFailure.Corrupt,
                $"What the file store holds of '{upload.Key}' is not what was written."
            );
    }

    private void Publish(string target)
    {
        var folder = Path.GetDirectoryName(target)!;
        ThrowIfInTheWay(target, folder);
        Directory.CreateDirectory(folder);
        // Looked at again: the folders may have been made, or linked elsewhere, since.
        target = root.ObjectPath(bucketFolder, upload.Key);
        File.Move(Partial, target, overwrite: true);
        FlushFoldersUpToBucket(folder);
        RemoveFolderIfEmpty();
    }

    // In a bucket "a" and "a/b" may both be; in a folder they cannot.
    private void ThrowIfInTheWay(string target, string folder)
    {
        var isInTheWay = Directory.Exists(target);
        for (var at = folder; at.Length > bucketFolder.Length; at = Path.GetDirectoryName(at)!)
            isInTheWay |= File.Exists(at);
        if (isInTheWay)
            throw new ObjectStoreException(
                ObjectStoreFailure.Invalid,
                $"'{upload.Key}' cannot be a file: a folder of its name is there, or a file of its folder's name."
            );
    }

    private void FlushFoldersUpToBucket(string folder)
    {
        for (var at = folder; at.Length >= bucketFolder.Length; at = Path.GetDirectoryName(at)!)
            DurableFiles.FlushFolder(at);
    }

    private void RemoveFolderIfEmpty()
    {
        try
        {
            Directory.Delete(Folder);
        }
        catch (IOException)
        {
            // Not empty, or gone already.
        }
    }

    private static async Task<string> Md5Async(
        Stream from,
        Stream to,
        long length,
        CancellationToken cancellationToken
    ) => Convert.ToHexStringLower(await Md5Copy.CopyAsync(from, to, length, cancellationToken));

    private static FileStreamOptions FileOptionsFor(FileMode mode, FileAccess access) =>
        new()
        {
            Mode = mode,
            Access = access,
            Share = FileShare.ReadWrite | FileShare.Delete,
            Options = FileOptions.Asynchronous,
            BufferSize = 0,
        };
}
