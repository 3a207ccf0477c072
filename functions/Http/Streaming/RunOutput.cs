using Trainyard.Contracts;
using Trainyard.Core.Stores;

namespace Trainyard.Functions.Http.Streaming;

/// <summary>A run's log or metrics, read from an offset on as it grows.</summary>
/// <param name="blobs">Where it is.</param>
/// <param name="blob">The log or the metrics.</param>
/// <param name="offset">Where to begin.</param>
/// <param name="parts">Which parts may go out on their own.</param>
/// <param name="time">The clock.</param>
internal sealed class RunOutput(IBlobStore blobs, BlobName blob, long offset, OutputParts parts, TimeProvider time)
{
    private const int ChunkBytes = OutputChunks.ChunkBytes;

    /// <summary>So long a line may stand unfinished before it is shown as it is: a progress bar, a row of dots, a question.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private byte[]? _buffer;
    private long _unfinishedSince;
    private bool _isUnfinished;

    public BlobName Blob => blob;

    /// <summary>When a follower has seen enough; null for the run's end.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Where the next chunk begins.</summary>
    public long Offset { get; private set; } = offset;

    /// <summary>
    /// The next chunk of whole lines, empty when there is none yet. A line longer than the buffer comes in pieces, never
    /// cut inside a character; at the end of the run also a last line without its line feed. Of a log, a carriage return ends
    /// a line too, and a line that has stood for a second comes without its end.
    /// </summary>
    /// <param name="isFinal">Whether nothing comes after what is there.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <param name="shared">How it is read together with others; null for alone.</param>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(
        bool isFinal,
        CancellationToken cancellationToken,
        SharedTail? shared = null
    )
    {
        var there =
            shared is { } tail && tail.Bytes - Offset <= ChunkBytes
                ? await tail.ReadAsync(blob, Offset, cancellationToken)
                : await ReadAloneAsync(cancellationToken);
        var length = LengthOf(there.Span, isFinal);
        Offset += length;
        return there[..length];
    }

    private async Task<ReadOnlyMemory<byte>> ReadAloneAsync(CancellationToken cancellationToken)
    {
        await using var content = await blobs.OpenReadAsync(blob, Offset, ChunkBytes, cancellationToken);
        if (content is null)
        {
            return default;
        }
        _buffer ??= new byte[ChunkBytes];
        var read = await content.ReadAtLeastAsync(_buffer, ChunkBytes, throwOnEndOfStream: false, cancellationToken);
        return _buffer.AsMemory(0, read);
    }

    internal static int LengthOfWholeLines(ReadOnlySpan<byte> chunk, bool isFinal, OutputParts parts)
    {
        var end = parts == OutputParts.Lines ? chunk.LastIndexOf((byte)'\n') + 1 : EndOfLastUpdate(chunk);
        if (end > 0)
        {
            return end;
        }
        if (chunk.Length == ChunkBytes)
        {
            return LengthOfWholeCharacters(chunk);
        }
        return isFinal ? chunk.Length : 0;
    }

    private int LengthOf(ReadOnlySpan<byte> chunk, bool isFinal)
    {
        var length = LengthOfWholeLines(chunk, isFinal, parts);
        if (length == 0 && !chunk.IsEmpty && parts == OutputParts.Updates && HasStood())
        {
            length = LengthOfWholeCharacters(chunk);
        }
        _isUnfinished &= length == 0;
        return length;
    }

    private bool HasStood()
    {
        if (!_isUnfinished)
        {
            _unfinishedSince = time.GetTimestamp();
        }
        _isUnfinished = true;
        return time.GetElapsedTime(_unfinishedSince) >= Patience;
    }

    // A carriage return that is the last byte may be the half of a line's end.
    private static int EndOfLastUpdate(ReadOnlySpan<byte> chunk)
    {
        var known = chunk.EndsWith("\r"u8) ? chunk[..^1] : chunk;
        return known.LastIndexOfAny((byte)'\n', (byte)'\r') + 1;
    }

    // UTF-8 continuation bytes are 10xxxxxx; a character has at most three of them.
    private static int LengthOfWholeCharacters(ReadOnlySpan<byte> chunk)
    {
        for (var back = 1; back <= Math.Min(4, chunk.Length); back++)
        {
            var b = chunk[^back];
            if (b is >= 0x80 and < 0xC0)
            {
                continue;
            }
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

/// <summary>The last piece of an output, as far as it was there at a common look.</summary>
internal sealed record SharedTail(OutputChunks Chunks, long Bytes)
{
    public async Task<ReadOnlyMemory<byte>> ReadAsync(
        BlobName output,
        long offset,
        CancellationToken cancellationToken
    ) => offset < Bytes ? await Chunks.ReadAsync(output, offset, Bytes, cancellationToken) : default;
}

/// <summary>Which parts of an output may go out on their own.</summary>
internal enum OutputParts
{
    /// <summary>Whole lines: half a record is none.</summary>
    Lines,

    /// <summary>Also what a carriage return ends, and what has stood for a while.</summary>
    Updates,
}
