using Trainyard.Contracts;
using Trainyard.Core.Stores;

namespace Trainyard.Functions.Http.Streaming;

/// <summary>The last chunk of a growing output, read once for all clients that follow it.</summary>
public sealed class OutputChunks(IBlobStore blobs, TimeProvider time)
{
    internal const int ChunkBytes = 64 * 1024;

    // Each key is read once, because an output that has grown has a new key.
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(2);
    private const int MostKept = 64;

    private readonly SharedReads<(BlobName, long, long), ReadOnlyMemory<byte>> _reads = new(time, GoodFor, MostKept);

    /// <summary>The output from an offset to its known length, which may be at most a chunk away.</summary>
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
