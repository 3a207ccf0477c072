using Trainyard.Contracts;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.Blobs;

/// <summary>Offers no direct addresses, because blobs in a folder have none.</summary>
internal sealed class NoDirectBlobs : IDirectBlobs
{
    public Task<DirectUpload?> CreateUploadAsync(
        BlobName name,
        long bytes,
        TimeSpan lifetime,
        CancellationToken cancellationToken
    ) => Task.FromResult<DirectUpload?>(null);

    public Task<DirectAppend?> CreateAppendAsync(
        BlobName name,
        TimeSpan lifetime,
        CancellationToken cancellationToken
    ) => Task.FromResult<DirectAppend?>(null);
}
