using Trainyard.Contracts;
using Trainyard.Core.Stores;

namespace Trainyard.Functions.Http.Streaming;

/// <summary>A run's log or metrics, read from an offset on as it grows.</summary>
internal sealed class RunOutput(IBlobStore blobs, BlobName blob, long offset)
{
    private const int ChunkBytes = 64 * 1024;
    private readonly byte[] buffer = new byte[ChunkBytes];

    /// <summary>Where the next chunk begins.</summary>
    public long Offset { get; private set; } = offset;

    /// <summary>
    /// The next chunk of whole lines, empty when there is none yet. A line longer than the buffer comes in pieces, never
    /// cut inside a character; at the end of the run also a last line without its line feed.
    /// </summary>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(bool isFinal, CancellationToken cancellationToken)
    {
        await using var content = await blobs.OpenReadAsync(blob, Offset, ChunkBytes, cancellationToken);
        if (content is null)
            return default;
        var read = await content.ReadAtLeastAsync(buffer, ChunkBytes, throwOnEndOfStream: false, cancellationToken);
        var length = LengthOfWholeLines(buffer.AsSpan(0, read), isFinal);
        Offset += length;
        return buffer.AsMemory(0, length);
    }

    internal static int LengthOfWholeLines(ReadOnlySpan<byte> chunk, bool isFinal)
    {
        var end = chunk.LastIndexOf((byte)'\n') + 1;
        if (end > 0)
            return end;
        if (chunk.Length == ChunkBytes)
            return LengthOfWholeCharacters(chunk);
        return isFinal ? chunk.Length : 0;
    }

    // UTF-8 continuation bytes are 10xxxxxx; a character has at most three of them.
    private static int LengthOfWholeCharacters(ReadOnlySpan<byte> chunk)
    {
        for (var back = 1; back <= 4; back++)
        {
            var b = chunk[^back];
            if (b is >= 0x80 and < 0xC0)
                continue;
            var length =
                b < 0x80 ? 1
                : b >= 0xF0 ? 4
                : b >= 0xE0 ? 3
                : 2;
            return length > back ? chunk.Length - back : chunk.Length;
        }
        // Not UTF-8 at all: it goes out as it is.
        return chunk.Length;
    }
}
