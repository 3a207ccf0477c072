using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Azure.Storage.Sas;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.Blobs;

/// <summary>
/// Addresses that let a node put one blob until an expiry and do nothing else. They are signed with a user delegation key,
/// which the service's own identity is given for a day; only the emulator's account key signs them itself.
/// </summary>
internal sealed class UploadAddresses(BlobContainerClient container, TimeProvider time)
{
    private static readonly TimeSpan KeyLifetime = TimeSpan.FromDays(2);

    // Clocks of the service and of the signer differ.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(15);

    private static readonly Dictionary<string, string> Headers = new() { ["x-ms-blob-type"] = "BlockBlob" };

    private UserDelegationKey? known;

    public async Task<DirectUpload> CreateAsync(BlobName name, TimeSpan expiry, CancellationToken cancellationToken)
    {
        var blob = container.GetBlobClient(name.ToString());
        var sas = new BlobSasBuilder(BlobSasPermissions.Create | BlobSasPermissions.Write, time.GetUtcNow() + expiry)
        {
            BlobContainerName = container.Name,
            BlobName = name.ToString(),
            Resource = "b",
            StartsOn = time.GetUtcNow() - ClockSkew,
        };
        if (blob.CanGenerateSasUri)
            return new DirectUpload(blob.GenerateSasUri(sas), Headers);
        sas.Protocol = SasProtocol.Https;
        var key = await KeyUntilAsync(sas.ExpiresOn, cancellationToken);
        var address = new BlobUriBuilder(blob.Uri) { Sas = sas.ToSasQueryParameters(key, container.AccountName) };
        return new DirectUpload(address.ToUri(), Headers);
    }

    private async Task<UserDelegationKey> KeyUntilAsync(DateTimeOffset end, CancellationToken cancellationToken)
    {
        if (known is { } key && key.SignedExpiresOn >= end)
            return key;
        var now = time.GetUtcNow();
        var service = container.GetParentBlobServiceClient();
        return known = await service.GetUserDelegationKeyAsync(now - ClockSkew, now + KeyLifetime, cancellationToken);
    }
}
