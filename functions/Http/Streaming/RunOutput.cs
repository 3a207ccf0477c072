using Trainyard.Contracts;
using Trainyard.Core.Stores;

namespace Trainyard.Functions.Http.Streaming;

/// <summary>Reads a run's log or metrics from an offset on, as the output grows.</summary>
/// <param name="blobs">The store of the output.</param>
/// <param name="blob">The log or the metrics.</param>
/// <param name="offset">The offset to start at.</param>
/// <param name="parts">The smallest parts that may be sent.</param>
/// <param name="time">The clock.</param>
internal sealed class RunOutput(IBlobStore blobs, BlobName blob, long offset, OutputParts parts, TimeProvider time)
{
    private const int ChunkBytes = OutputChunks.ChunkBytes;

    /// <summary>
    /// The time after which an unfinished line is sent as it is: a progress bar, a row of dots or a prompt.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private byte[]? _buffer;
    private long _unfinishedSince;
    private bool _isUnfinished;

    public BlobName Blob => blob;

    /// <summary>The time at which a follower stops; null for the run's end.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The offset of the next chunk.</summary>
    public long Offset { get; private set; } = offset;

    /// <summary>
    /// The next chunk of whole lines; empty when there is none yet. A line longer than the buffer comes in pieces,
    /// which never split a character. At the end of the run, a last line without a line feed counts too. In a log, a
    /// carriage return also ends a line, and a line that stays unfinished for a second is sent without its end.
    /// </summary>
    /// <param name="isFinal">Whether the output is complete.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <param name="shared">The read shared with other followers; null for a read of its own.</param>
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

    // A carriage return as the last byte may be the first half of a line end.
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
        // The bytes are not UTF-8, so they are sent as they are.
        return chunk.Length;
    }
}

/// <summary>The last chunk of an output, up to its length in a shared snapshot.</summary>
internal sealed record SharedTail(OutputChunks Chunks, long Bytes)
{
    public async Task<ReadOnlyMemory<byte>> ReadAsync(
        BlobName output,
        long offset,
        CancellationToken cancellationToken
    ) => offset < Bytes ? await Chunks.ReadAsync(output, offset, Bytes, cancellationToken) : default;
}

/// <summary>The smallest parts of an output that may be sent.</summary>
internal enum OutputParts
{
    /// <summary>Whole lines: half a record has no use.</summary>
    Lines,

    /// <summary>Also text that a carriage return ends, and text that stays unfinished for a while.</summary>
    Updates,
}
