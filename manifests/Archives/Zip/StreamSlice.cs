namespace Trainyard.Manifests.Archives.Zip;

/// <summary>A part of a seekable stream, read forward. Leaves the stream open.</summary>
internal sealed class StreamSlice(Stream stream, long offset, long length) : Stream
{
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        stream.Position = offset + _read;
        var count = await stream.ReadAsync(buffer[..Wanted(buffer.Length)], cancellationToken);
        _read += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset1, int count)
    {
        stream.Position = offset + _read;
        var done = stream.Read(buffer, offset1, Wanted(count));
        _read += done;
        return done;
    }

    public override void Flush() { }

    public override long Seek(long offset1, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset1, int count) => throw new NotSupportedException();

    private int Wanted(int most) => (int)Math.Min(most, length - _read);
}
