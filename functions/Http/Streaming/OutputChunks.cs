using Trainyard.Contracts;
using Trainyard.Core.Stores;

namespace Trainyard.Functions.Http.Streaming;

/// <summary>Reads the last piece of a growing output once for all followers.</summary>
public sealed class OutputChunks(IBlobStore blobs, TimeProvider time)
{
    internal const int ChunkBytes = 64 * 1024;

    // The known length is part of the key, so a grown output is read anew.
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(2);
    private const int MostKept = 64;

    private readonly SharedReads<(BlobName, long, long), ReadOnlyMemory<byte>> _reads = new(time, GoodFor, MostKept);

    /// <summary>
    /// Reads from an offset up to the known length; the caller sees to it that this is at most one chunk.
    /// </summary>
    internal Task<ReadOnlyMemory<byte>> ReadAsync(
        BlobName output,
        long offset,
        long known,
        CancellationToken cancellationToken
    ) => _reads.GetAsync((output, offset, known), () => ReadAsync(output, offset, known), cancellationToken);

    private async Task<ReadOnlyMemory<byte>> ReadAsync(BlobName output, long offset, long known)
    {
        var bytes = new byte[known - offset];
        await using var content = await blobs.OpenReadAsync(output, offset, bytes.Length, CancellationToken.None);
        if (content is null)
        {
            return default;
        }
        var read = await content.ReadAtLeastAsync(
            bytes,
            bytes.Length,
            throwOnEndOfStream: false,
            CancellationToken.None
        );
        return bytes.AsMemory(0, read);
    }
}
