using System.Buffers.Text;
using Trainyard.Contracts;
using Trainyard.Core.Stores;

namespace Trainyard.Functions.Http.Records;

/// <summary>
/// The times at which the bytes of a log were printed, read from the marks stored next to the log as the log is read.
/// </summary>
/// <param name="blobs">The store of the marks.</param>
/// <param name="marks">The blob of the marks.</param>
/// <param name="from">The mark to start with, a former <see cref="Place"/>; 0 for the first.</param>
internal sealed class LogClock(IBlobStore blobs, BlobName marks, long from = 0)
{
    private const int ChunkBytes = 64 * 1024;
    private const int LongestMark = 64;

    private readonly Queue<Mark> _ahead = new();
    private readonly byte[] _chunk = new byte[ChunkBytes];
    private long _read = from;
    private long _lastOffset = -1;
    private long? _now;

    /// <summary>The position of the mark that the last returned time came from.</summary>
    public long Place { get; private set; } = from;

    /// <summary>Reads the marks up to this byte of the log; false when there are no more marks.</summary>
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
    /// The time of a byte, in milliseconds of Unix time; null when none was stored. Offsets must not decrease between
    /// calls.
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
    /// An offset in the log that is before all lines printed at that time or later, and close to the first of those
    /// lines.
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
            // No mark is that long, so the chunk is not valid and is skipped.
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
