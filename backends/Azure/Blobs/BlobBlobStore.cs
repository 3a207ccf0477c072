using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Trainyard.Contracts;
using Trainyard.Core.Stores;
using BlobInfo = Trainyard.Core.Stores.BlobInfo;

namespace Trainyard.Backends.Azure.Blobs;

/// <summary>
/// Blobs in one container: a put makes a block blob, committed only after all content arrived with the expected
/// SHA-256; an append makes an append blob.
/// </summary>
internal sealed class BlobBlobStore(BlobContainerClient container) : IBlobStore
{
    private const int DeletesAtOnce = 16;

    private readonly BlobReads _reads = new(container);
    private readonly BlobAppends _appends = new(container);
    private readonly BlobLeases _leases = new(container);

    public async Task<BlobInfo> PutAsync(
        BlobName name,
        Stream content,
        string? expectedSha256,
        CancellationToken cancellationToken
    )
    {
        var upload = new BlockUpload(container.GetBlockBlobClient(name.ToString()));
        var (bytes, sha256) = await upload.StageAsync(content, cancellationToken);
        if (expectedSha256 is not null && expectedSha256 != sha256)
        {
            throw new BlobChecksumException(name);
        }
        var metadata = new Dictionary<string, string> { [BlobReads.Sha256] = sha256 };
        try
        {
            var written = await upload.CommitAsync(upload.Blocks, metadata, conditions: null, cancellationToken);
            return new BlobInfo(name, bytes, sha256, written.LastModified);
        }
        catch (RequestFailedException e) when (BlobErrors.LacksBlocks(e))
        {
            // Another upload's commit dropped the blocks staged here. If it stored the same content, this put
            // succeeded too.
            if (await _reads.FindAsync(name, cancellationToken) is { } found && found.Sha256 == sha256)
            {
                return found;
            }
            throw;
        }
    }

    public Task<AppendResult> AppendAsync(
        BlobName name,
        long offset,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken
    ) => _appends.AppendAsync(name, offset, content, cancellationToken);

    public Task<Stream?> OpenReadAsync(BlobName name, long offset, long? length, CancellationToken cancellationToken) =>
        _reads.OpenAsync(name, offset, length, cancellationToken);

    public Task<BlobInfo?> FindAsync(BlobName name, CancellationToken cancellationToken) =>
        _reads.FindAsync(name, cancellationToken);

    public async IAsyncEnumerable<BlobInfo> ListAsync(
        string prefix,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var items = container.GetBlobsAsync(BlobTraits.Metadata, BlobStates.None, prefix, cancellationToken);
        await foreach (var item in Utf8Order.SortAsync(items, item => item.Name, cancellationToken))
        {
            yield return BlobReads.Read(item);
        }
    }

    public async Task DeleteAsync(string prefix, CancellationToken cancellationToken)
    {
        var items = container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellationToken);
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = DeletesAtOnce,
            CancellationToken = cancellationToken,
        };
        await Parallel.ForEachAsync(items, options, async (item, token) => await DeleteOneAsync(item.Name, token));
    }

    private async Task DeleteOneAsync(string name, CancellationToken cancellationToken)
    {
        const DeleteSnapshotsOption All = DeleteSnapshotsOption.IncludeSnapshots;
        try
        {
            await container.DeleteBlobIfExistsAsync(name, All, cancellationToken: cancellationToken);
        }
        catch (RequestFailedException e) when (BlobErrors.IsLeased(e))
        {
            await _leases.BreakAsync(BlobName.Parse(name), cancellationToken);
            await container.DeleteBlobIfExistsAsync(name, All, cancellationToken: cancellationToken);
        }
    }
}
