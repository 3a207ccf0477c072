using System.Buffers.Binary;
using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Trainyard.Backends.Azure.Blobs;

/// <summary>
/// An upload to a block blob: stages invisible blocks, hashes them on the way, and publishes them by one commit. Azure
/// drops uncommitted blocks after a week.
/// </summary>
internal sealed class BlockUpload(BlockBlobClient blob)
{
    /// <summary>Bytes of a block: no blob here needs Azure's limit of 50,000 such blocks.</summary>
    public const int BlockBytes = 8 << 20;

    private readonly byte[] _upload = RandomNumberGenerator.GetBytes(16);
    private readonly List<string> _blocks = [];

    public IReadOnlyList<string> Blocks => _blocks;

    /// <summary>Stages the whole content and returns its size and its SHA-256 in lower-case hex.</summary>
    public async Task<(long Bytes, string Sha256)> StageAsync(Stream content, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var bytes = 0L;
        var buffer = new byte[BlockBytes];
        int read;
        do
        {
            read = await content.ReadAtLeastAsync(buffer, BlockBytes, throwOnEndOfStream: false, cancellationToken);
            if (read == 0)
            {
                break;
            }
            hash.AppendData(buffer, 0, read);
            bytes += read;
            await StageBlockAsync(buffer.AsMemory(0, read), cancellationToken);
        } while (read == BlockBytes);
        return (bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    public async Task StageBlockAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var name = NextName();
        using var stream = ReadOnlyMemoryStream.Of(content);
        await blob.StageBlockAsync(name, stream, cancellationToken: cancellationToken);
        _blocks.Add(name);
    }

    /// <summary>Creates the blob from these blocks; replaces any blob of that name.</summary>
    public async Task<BlobContentInfo> CommitAsync(
        IEnumerable<string> names,
        IDictionary<string, string>? metadata,
        BlobRequestConditions? conditions,
        CancellationToken cancellationToken
    )
    {
        var options = new CommitBlockListOptions { Metadata = metadata, Conditions = conditions };
        Response<BlobContentInfo> written = await blob.CommitBlockListAsync(names, options, cancellationToken);
        return written.Value;
    }

    // Block names of one blob must have equal lengths; names of two concurrent uploads must differ.
    private string NextName()
    {
        Span<byte> name = stackalloc byte[_upload.Length + sizeof(int)];
        _upload.CopyTo(name);
        BinaryPrimitives.WriteInt32BigEndian(name[_upload.Length..], _blocks.Count);
        return Convert.ToBase64String(name);
    }
}
