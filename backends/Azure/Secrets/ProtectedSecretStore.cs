using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.AspNetCore.DataProtection;
using Trainyard.Backends.Blobs;
using Trainyard.Core.Manifests;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;

namespace Trainyard.Backends.Secrets;

/// <summary>
/// A blob for each run, encrypted and authenticated by ASP.NET Data Protection for that run only: a blob moved to another
/// run's name does not open.
/// </summary>
internal sealed class ProtectedSecretStore(BlobContainerClient container, IDataProtectionProvider protection)
    : ISecretStore
{
    private const string Purpose = "Trainyard.RunSecrets";

    public async Task PutAsync(RunId id, RunSecrets secrets, CancellationToken cancellationToken) =>
        await BlobOf(id).UploadAsync(new BinaryData(Protect(id, secrets)), overwrite: true, cancellationToken);

    public async Task<RunSecrets?> GetAsync(RunId id, CancellationToken cancellationToken)
    {
        byte[] content;
        try
        {
            BlobDownloadResult read = await BlobOf(id).DownloadContentAsync(cancellationToken);
            content = read.Content.ToArray();
        }
        catch (RequestFailedException e) when (BlobErrors.IsMissing(e))
        {
            return null;
        }
        using var payload = new SecretBytes(ProtectorOf(id).Unprotect(content));
        return RunSecrets.FromPayload(payload.Reveal());
    }

    public async Task DestroyAsync(RunId id, CancellationToken cancellationToken)
    {
        const DeleteSnapshotsOption All = DeleteSnapshotsOption.IncludeSnapshots;
        await BlobOf(id).DeleteIfExistsAsync(All, cancellationToken: cancellationToken);
    }

    private byte[] Protect(RunId id, RunSecrets secrets)
    {
        using var payload = secrets.ToProtectedPayload();
        var plain = payload.Reveal().ToArray();
        try
        {
            return ProtectorOf(id).Protect(plain);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private IDataProtector ProtectorOf(RunId id) => protection.CreateProtector(Purpose, id.ToString());

    private BlobClient BlobOf(RunId id) => container.GetBlobClient(id.ToString());
}
