using Trainyard.Contracts.Streams;

namespace Trainyard.Manifests.Archives.Zip;

/// <summary>A part of a seekable stream, read forward. Leaves the stream open.</summary>
internal sealed class StreamSlice(Stream stream, long offset, long length) : ReadOnlyStream
{
    private long _read;

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

    public override int Read(byte[] buffer, int offset1, int count)
    {
        stream.Position = offset + _read;
        var done = stream.Read(buffer, offset1, Wanted(count));
        _read += done;
        return done;
    }

    private int Wanted(int most) => (int)Math.Min(most, length - _read);
}
