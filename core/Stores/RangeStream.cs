namespace Trainyard.Core.Stores;

/// <summary>A range of a seekable stream as a read-only stream of its own, which ends where the range ends.</summary>
public sealed class RangeStream : Stream
{
    private readonly Stream inner;
    private readonly long start;
    private long position;

    /// <summary>Takes the stream over; it is disposed with this one. A range past the stream's end is cut there.</summary>
    public RangeStream(Stream inner, long offset, long? length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        this.inner = inner;
        start = Math.Min(offset, inner.Length);
        Length = Math.Clamp(length ?? long.MaxValue, 0, inner.Length - start);
        inner.Position = start;
    }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length { get; }

    public override long Position
    {
        get => position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            position = value;
            inner.Position = start + Math.Min(value, Length);
        }
    }

    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer[..Fitting(buffer.Length)]);
        position += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer[..Fitting(buffer.Length)], cancellationToken);
        position += read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) =>
        Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => position + offset,
            _ => Length + offset,
        };

    public override void Flush() { }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    private int Fitting(int count) => (int)Math.Clamp(Length - position, 0, count);
}
