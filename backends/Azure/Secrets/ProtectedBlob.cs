using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.AspNetCore.DataProtection;
using Trainyard.Backends.Azure.Blobs;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Backends.Azure.Secrets;

/// <summary>A blob of secret bytes that only this protector decrypts.</summary>
internal sealed class ProtectedBlob(BlobClient blob, IDataProtector protector)
{
    public async Task WriteAsync(SecretBytes payload, CancellationToken cancellationToken)
    {
        var content = new BinaryData(Protect(payload));
        await blob.UploadAsync(content, overwrite: true, cancellationToken);
    }

    public async Task<SecretBytes?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            BlobDownloadResult read = await blob.DownloadContentAsync(cancellationToken);
            return new SecretBytes(protector.Unprotect(read.Content.ToArray()));
        }
        catch (RequestFailedException e) when (BlobErrors.IsMissing(e))
        {
            return null;
        }
    }

    /// <summary>Whether there was a blob.</summary>
    public async Task<bool> DeleteAsync(CancellationToken cancellationToken)
    {
        const DeleteSnapshotsOption All = DeleteSnapshotsOption.IncludeSnapshots;
        return await blob.DeleteIfExistsAsync(All, cancellationToken: cancellationToken);
    }

    private byte[] Protect(SecretBytes payload)
    {
        var plain = payload.Reveal().ToArray();
        try
        {
            return protector.Protect(plain);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }
}
