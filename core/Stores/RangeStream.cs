namespace Trainyard.Core.Stores;

/// <summary>A range of a seekable stream as a read-only stream of its own, which ends where the range ends.</summary>
public sealed class RangeStream : Stream
{
    private readonly Stream _inner;
    private readonly long _start;
    private long _position;

    /// <summary>Takes the stream over; it is disposed with this one. A range past the stream's end is cut there.</summary>
    public RangeStream(Stream inner, long offset, long? length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        _inner = inner;
        _start = Math.Min(offset, inner.Length);
        Length = Math.Clamp(length ?? long.MaxValue, 0, inner.Length - _start);
        inner.Position = _start;
    }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length { get; }

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
            _inner.Position = _start + Math.Min(value, Length);
        }
    }

    public override int Read(Span<byte> buffer)
    {
        var read = _inner.Read(buffer[..Fitting(buffer.Length)]);
        _position += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await _inner.ReadAsync(buffer[..Fitting(buffer.Length)], cancellationToken);
        _position += read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) =>
        Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => _position + offset,
            _ => Length + offset,
        };

    public override void Flush() { }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await _inner.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
        }
        base.Dispose(disposing);
    }

    private int Fitting(int count) => (int)Math.Clamp(Length - _position, 0, count);
}
