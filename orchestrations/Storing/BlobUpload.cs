using Trainyard.Contracts;
using Trainyard.Core.Stores;

namespace Trainyard.Orchestrations.Storing;

/// <summary>Opens a range of the source of a copy.</summary>
internal delegate Task<Stream> OpenRange(long offset, long length, CancellationToken cancellationToken);

/// <summary>Copies a source of the service into the user's bucket.</summary>
internal static class BlobUpload
{
    /// <summary>A blob as the source of a copy.</summary>
    public static OpenRange From(IBlobStore blobs, BlobName blob) =>
        async (offset, length, cancellationToken) =>
            await blobs.OpenReadAsync(blob, offset, length, cancellationToken)
            ?? throw new FileNotFoundException($"The staged blob '{blob}' is gone.");

    /// <summary>
    /// Writes every part in order, then completes and verifies the upload. A failed upload is given up, because the
    /// next try begins with the first part.
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
        // A single-part upload leaves nothing behind to clean up.
        catch (ObjectStoreException) when (upload.Parts > 1)
        {
            await TryGiveUpAsync(store, upload);
            throw;
        }
    }

    /// <summary>Gives an upload up. Returns false when the store refuses.</summary>
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

    /// <summary>Writes one part.</summary>
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
