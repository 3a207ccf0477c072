namespace Trainyard.Agent.Verbs;

/// <summary>Counts the bytes that could not be written, and keeps the last ones.</summary>
internal sealed class OverflowBuffer
{
    /// <summary>The number of last bytes that are kept.</summary>
    public const int Kept = 64 * 1024;

    private byte[] _ring = [];
    private long _count;

    public bool IsEmpty => _count == 0;

    /// <summary>The number of bytes that are lost for good.</summary>
    public long Lost => Math.Max(0, _count - Kept);

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (_ring.Length == 0)
        {
            _ring = new byte[Kept];
        }
        _count += Math.Max(0, bytes.Length - Kept);
        bytes = bytes[Math.Max(0, bytes.Length - Kept)..];
        var at = (int)(_count % Kept);
        var first = Math.Min(bytes.Length, Kept - at);
        bytes[..first].CopyTo(_ring.AsSpan(at));
        bytes[first..].CopyTo(_ring);
        _count += bytes.Length;
    }

    /// <summary>The last bytes, in order.</summary>
    public byte[] End()
    {
        if (_count <= Kept)
        {
            return _ring[..(int)_count];
        }
        var at = (int)(_count % Kept);
        return [.. _ring.AsSpan(at), .. _ring.AsSpan(0, at)];
    }

    public void Clear() => _count = 0;
}
