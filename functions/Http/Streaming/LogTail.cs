using Trainyard.Contracts;
using Trainyard.Core.Stores;

namespace Trainyard.Functions.Http.Streaming;

/// <summary>
/// Finds where the last lines of an output begin, reading backwards from its end, so that little is read of a long
/// output.
/// </summary>
internal static class LogTail
{
    /// <summary>The largest number of lines that a request may ask for.</summary>
    public const int MostLines = 100_000;

    // Lines can be of any length: if the requested lines have more bytes than this, the client gets fewer.
    private const int MostBytes = 16 * 1024 * 1024;
    private const int ChunkBytes = 64 * 1024;

    public static async Task<long> FindAsync(
        IBlobStore blobs,
        BlobName blob,
        int lines,
        CancellationToken cancellationToken
    )
    {
        var end = (await blobs.FindAsync(blob, cancellationToken))?.Bytes ?? 0;
        if (lines == 0)
        {
            return end;
        }
        var least = Math.Max(0, end - MostBytes);
        var buffer = new byte[ChunkBytes];
        // A line feed at the very end ends the last line, so it is not counted.
        var wanted = lines;
        for (var to = end; to > least; )
        {
            var from = Math.Max(least, to - ChunkBytes);
            var chunk = buffer.AsMemory(0, (int)(to - from));
            if (!await TryReadAsync(blobs, blob, from, chunk, cancellationToken))
            {
                return 0;
            }
            var found = PlaceAfter(chunk.Span, ref wanted, isEnd: to == end);
            if (found >= 0)
            {
                return from + found;
            }
            to = from;
        }
        return least;
    }

    // Counts line ends backwards; returns the position at which the first wanted line begins, or -1 if it is not here.
    private static int PlaceAfter(ReadOnlySpan<byte> chunk, ref int wanted, bool isEnd)
    {
        var rest = isEnd && chunk.EndsWith("\n"u8) ? chunk[..^1] : chunk;
        while (rest.LastIndexOf((byte)'\n') is >= 0 and var at)
        {
            if (--wanted <= 0)
            {
                return at + 1;
            }
            rest = rest[..at];
        }
        return -1;
    }

    private static async Task<bool> TryReadAsync(
        IBlobStore blobs,
        BlobName blob,
        long offset,
        Memory<byte> chunk,
        CancellationToken cancellationToken
    )
    {
        await using var content = await blobs.OpenReadAsync(blob, offset, chunk.Length, cancellationToken);
        return content is not null
            && await content.ReadAtLeastAsync(chunk, chunk.Length, throwOnEndOfStream: false, cancellationToken)
                == chunk.Length;
    }
}
