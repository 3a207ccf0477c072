using System.Buffers.Text;
using Trainyard.Contracts;
using Trainyard.Core.Stores;

namespace Trainyard.Functions.Http.Records;

/// <summary>
/// Tells when each byte of a log was printed, from the time marks beside the log, which are read along with it.
/// </summary>
/// <param name="blobs">The store of the marks.</param>
/// <param name="marks">The name of the marks' blob.</param>
/// <param name="from">The offset of the first mark to read, an earlier <see cref="Place"/>; 0 for all.</param>
internal sealed class LogClock(IBlobStore blobs, BlobName marks, long from = 0)
{
    private const int ChunkBytes = 64 * 1024;
    private const int LongestMark = 64;

    private readonly Queue<Mark> _ahead = new();
    private readonly byte[] _chunk = new byte[ChunkBytes];
    private long _read = from;
    private long _lastOffset = -1;
    private long? _now;

    /// <summary>The offset of the mark that gave the last time.</summary>
    public long Place { get; private set; } = from;

    /// <summary>Reads the marks up to this offset; false when there are no more.</summary>
    public async Task<bool> LoadUntilAsync(long offset, CancellationToken cancellationToken)
    {
        while (_lastOffset < offset)
        {
            if (!await ReadAsync(cancellationToken))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>
    /// The time of a byte, in milliseconds of Unix time; null when none was kept. Offsets must not decrease.
    /// </summary>
    public long? TimeAt(long offset)
    {
        while (_ahead.TryPeek(out var next) && next.Offset <= offset)
        {
            (_now, Place) = (next.Ms, next.Place);
            _ahead.Dequeue();
        }
        return _now;
    }

    /// <summary>
    /// An offset in the log shortly before the first byte that was printed at or after the given time.
    /// </summary>
    public async Task<long> FindAsync(long sinceMs, CancellationToken cancellationToken)
    {
        long before = 0;
        do
        {
            while (_ahead.TryPeek(out var next))
            {
                if (next.Ms >= sinceMs)
                {
                    return before;
                }
                (before, _now, Place) = (next.Offset, next.Ms, next.Place);
                _ahead.Dequeue();
            }
        } while (await ReadAsync(cancellationToken));
        return before;
    }

    private async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        await using var content = await blobs.OpenReadAsync(marks, _read, ChunkBytes, cancellationToken);
        if (content is null)
        {
            return false;
        }
        var length = await content.ReadAtLeastAsync(_chunk, ChunkBytes, throwOnEndOfStream: false, cancellationToken);
        var whole = _chunk.AsSpan(0, length).LastIndexOf((byte)'\n') + 1;
        if (whole == 0 && length > LongestMark)
        {
            // No mark is this long, so the bytes are garbage and are skipped.
            whole = length;
        }
        Take(_chunk.AsSpan(0, whole), _read);
        _read += whole;
        return whole > 0;
    }

    private void Take(ReadOnlySpan<byte> lines, long place)
    {
        foreach (var range in lines.Split((byte)'\n'))
        {
            var line = lines[range];
            var start = range.Start.Value;
            if (
                Utf8Parser.TryParse(line, out long offset, out var used)
                && used < line.Length
                && Utf8Parser.TryParse(line[(used + 1)..], out long ms, out _)
            )
            {
                _ahead.Enqueue(new Mark(offset, ms, place + start));
                _lastOffset = Math.Max(_lastOffset, offset);
            }
        }
    }

    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
    private readonly record struct Mark(long Offset, long Ms, long Place);
}
