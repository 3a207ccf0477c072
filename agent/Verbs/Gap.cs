namespace Trainyard.Agent.Verbs;

/// <summary>Bytes that found no room: how many, and the last of them.</summary>
internal sealed class Gap
{
    /// <summary>So many of the last bytes are kept.</summary>
    public const int Kept = 64 * 1024;

    private byte[] ring = [];
    private long count;

    public bool IsEmpty => count == 0;

    /// <summary>How many are gone for good.</summary>
    public long Lost => Math.Max(0, count - Kept);

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (ring.Length == 0)
            ring = new byte[Kept];
        count += Math.Max(0, bytes.Length - Kept);
        bytes = bytes[Math.Max(0, bytes.Length - Kept)..];
        var at = (int)(count % Kept);
        var first = Math.Min(bytes.Length, Kept - at);
        bytes[..first].CopyTo(ring.AsSpan(at));
        bytes[first..].CopyTo(ring);
        count += bytes.Length;
    }

    /// <summary>The last bytes, in order.</summary>
    public byte[] End()
    {
        if (count <= Kept)
            return ring[..(int)count];
        var at = (int)(count % Kept);
        return [.. ring.AsSpan(at), .. ring.AsSpan(0, at)];
    }

    public void Clear() => count = 0;
}
