using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Azure.Storage.Sas;
using Trainyard.Contracts;

namespace Trainyard.Backends.Azure.Blobs;

/// <summary>
/// Addresses that grant one permission on one blob until they expire. They are signed with a user delegation key,
/// which the service's identity gets for some days; only with the emulator does the account key sign them.
/// </summary>
internal sealed class SasAddresses(BlobContainerClient container, TimeProvider time)
{
    private static readonly TimeSpan KeyLifetime = TimeSpan.FromDays(2);

    // Allows for different clocks of Azure and of the signer.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(15);

    private UserDelegationKey? _known;

    public async Task<Uri> CreateAsync(
        BlobName name,
        BlobSasPermissions permissions,
        TimeSpan lifetime,
        CancellationToken cancellationToken
    )
    {
        var blob = container.GetBlobClient(name.ToString());
        var sas = new BlobSasBuilder(permissions, time.GetUtcNow() + lifetime)
        {
            BlobContainerName = container.Name,
            BlobName = name.ToString(),
            Resource = "b",
            StartsOn = time.GetUtcNow() - ClockSkew,
        };
        if (blob.CanGenerateSasUri)
        {
            return blob.GenerateSasUri(sas);
        }
        sas.Protocol = SasProtocol.Https;
        var key = await KeyUntilAsync(sas.ExpiresOn, cancellationToken);
        return new BlobUriBuilder(blob.Uri) { Sas = sas.ToSasQueryParameters(key, container.AccountName) }.ToUri();
    }

    private async Task<UserDelegationKey> KeyUntilAsync(DateTimeOffset end, CancellationToken cancellationToken)
    {
        if (_known is { } key && key.SignedExpiresOn >= end)
        {
            return key;
        }
        var now = time.GetUtcNow();
        var service = container.GetParentBlobServiceClient();
        return _known = await service.GetUserDelegationKeyAsync(now - ClockSkew, now + KeyLifetime, cancellationToken);
    }
}
