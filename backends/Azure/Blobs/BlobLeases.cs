using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Trainyard.Contracts;

namespace Trainyard.Backends.Azure.Blobs;

/// <summary>Leases without expiry, one holder at a time: taking a blob's lease ends the previous lease.</summary>
internal sealed class BlobLeases(BlobContainerClient container)
{
    private static readonly TimeSpan AtOnce = TimeSpan.Zero;

    /// <returns>The lease's id, or null when another caller took it at the same moment, or the blob is gone.</returns>
    public async Task<string?> TakeAsync(BlobName name, CancellationToken cancellationToken)
    {
        await BreakAsync(name, cancellationToken);
        try
        {
            BlobLease taken = await ClientOf(name)
                .AcquireAsync(BlobLeaseClient.InfiniteLeaseDuration, cancellationToken: cancellationToken);
            return taken.LeaseId;
        }
        catch (RequestFailedException e) when (BlobErrors.IsLeasedAlready(e) || BlobErrors.IsMissing(e))
        {
            return null;
        }
    }

    /// <summary>Ends the blob's lease, whoever holds it; does nothing without a lease.</summary>
    public async Task BreakAsync(BlobName name, CancellationToken cancellationToken)
    {
        try
        {
            await ClientOf(name).BreakAsync(AtOnce, cancellationToken: cancellationToken);
        }
        catch (RequestFailedException e) when (BlobErrors.HasNoLease(e) || BlobErrors.IsMissing(e))
        {
            // There is no lease to end.
        }
    }

    private BlobLeaseClient ClientOf(BlobName name) => container.GetBlobClient(name.ToString()).GetBlobLeaseClient();
}
