using Trainyard.Contracts;
using Trainyard.Core.Stores;

namespace Trainyard.Orchestrations.Storing;

/// <summary>Opens a range of what is copied.</summary>
internal delegate Task<Stream> OpenRange(long offset, long length, CancellationToken cancellationToken);

/// <summary>Copies something of ours into the user's bucket.</summary>
internal static class BlobUpload
{
    /// <summary>A blob as what is copied.</summary>
    public static OpenRange From(IBlobStore blobs, BlobName blob) =>
        async (offset, length, cancellationToken) =>
            await blobs.OpenReadAsync(blob, offset, length, cancellationToken)
            ?? throw new FileNotFoundException($"The staged blob '{blob}' is gone.");

    /// <summary>
    /// Every part, one after the other, then complete and verify. What fails is given up, for whoever tries again begins
    /// with the first part.
    /// </summary>
    public static async Task<IReadOnlyList<PartReceipt>> WriteWholeAsync(
        IObjectStore store,
        ObjectUpload upload,
        OpenRange open,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var receipts = new List<PartReceipt>(upload.Parts);
            for (var part = 0; part < upload.Parts; part++)
            {
                receipts.Add(await WritePartAsync(store, upload, part, open, cancellationToken));
            }
            await store.CompleteUploadAsync(upload, receipts, cancellationToken);
            return receipts;
        }
        // A single part leaves nothing behind that would have to go.
        catch (ObjectStoreException) when (upload.Parts > 1)
        {
            await TryGiveUpAsync(store, upload);
            throw;
        }
    }

    /// <summary>Gives an upload up; false when the store would not have it.</summary>
    public static async Task<bool> TryGiveUpAsync(IObjectStore store, ObjectUpload upload)
    {
        try
        {
            await store.CompleteUploadAsync(upload, receipts: null, CancellationToken.None);
            return true;
        }
        catch (ObjectStoreException)
        {
            return false;
        }
    }

    /// <summary>One part.</summary>
    public static async Task<PartReceipt> WritePartAsync(
        IObjectStore store,
        ObjectUpload upload,
        int part,
        OpenRange open,
        CancellationToken cancellationToken
    )
    {
        var length = upload.LengthOf(part);
        await using var content = await open(part * upload.PartBytes, length, cancellationToken);
        return await store.WritePartAsync(upload, part, content, length, cancellationToken);
    }
}
