using Trainyard.Contracts;
using Trainyard.Core.Stores;

namespace Trainyard.Functions.Http.Streaming;

/// <summary>A run's log or metrics, read from an offset on as it grows.</summary>
/// <param name="blobs">The store of the output.</param>
/// <param name="blob">The log or the metrics.</param>
/// <param name="offset">The byte to begin with.</param>
/// <param name="parts">Which parts may go out on their own.</param>
/// <param name="time">The clock.</param>
internal sealed class RunOutput(IBlobStore blobs, BlobName blob, long offset, OutputParts parts, TimeProvider time)
{
    private const int ChunkBytes = OutputChunks.ChunkBytes;

    /// <summary>
    /// How long a line may be unfinished before it is sent without its end: a progress bar, a row of dots, a question.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private byte[]? _buffer;
    private long _unfinishedSince;
    private bool _isUnfinished;

    public BlobName Blob => blob;

    /// <summary>The time after which following stops; null to follow until the run ends.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Where the next chunk begins.</summary>
    public long Offset { get; private set; } = offset;

    /// <summary>
    /// Reads the next chunk of whole lines; empty when there is none yet. A line longer than the buffer comes in
    /// pieces, never cut inside a character. A final read also returns a last line without its line feed. In a log, a
    /// carriage return ends a line too, and a line that is unfinished for a second is returned without its end.
    /// </summary>
    /// <param name="isFinal">Whether the output is complete.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <param name="shared">The read that followers share; null to read alone.</param>
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

    // A carriage return as the last byte may be the first half of CR LF.
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
        // The bytes are not UTF-8; send them unchanged.
        return chunk.Length;
    }
}

/// <summary>The last piece of an output, up to the length that a shared snapshot saw.</summary>
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
    /// <summary>Whole lines only: half a record is useless.</summary>
    Lines,

    /// <summary>Also text that a carriage return ends, and lines that stay unfinished for a while.</summary>
    Updates,
}
