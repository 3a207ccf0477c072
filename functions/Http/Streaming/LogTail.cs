using Trainyard.Contracts;
using Trainyard.Core.Stores;

namespace Trainyard.Functions.Http.Streaming;

/// <summary>
/// Finds the start of the last lines of an output, reading backwards from its end, so that a long output costs no
/// more.
/// </summary>
internal static class LogTail
{
    /// <summary>The maximum number of lines that a client can ask for.</summary>
    public const int MostLines = 100_000;

    // Lines can have any length: when they exceed this in total, fewer lines are returned.
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
        // The line end of the last line must not count as the end of an earlier one.
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

    // Counts line ends backwards. Returns the position after the line end before the first wanted line, or -1.
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
