using Trainyard.Contracts.Streams;

namespace Trainyard.Manifests.Archives;

/// <summary>
/// Reads at most a number of bytes and then reports the end, so that an oversized input is never stored whole before
/// it is refused. Allow one byte more than the limit to detect an excess. Leaves the inner stream open, at the byte behind
/// those that were read.
/// </summary>
public sealed class AtMostStream(Stream inner, long most) : ReadOnlyStream
{
    private long _left = most;

    public override int Read(byte[] buffer, int offset, int count) =>
        Taken(inner.Read(buffer, offset, (int)Math.Min(count, _left)));

    public override async ValueTask<int> ReadAsync(
        Memory<byte> buffer,
        CancellationToken cancellationToken = default
    ) => Taken(await inner.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken));

    private int Taken(int count)
    {
        _left -= count;
        return count;
    }
}
