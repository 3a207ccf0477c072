using System.Runtime.InteropServices;

namespace Trainyard.Backends.Azure.Blobs;

/// <summary>Wraps memory in a seekable stream, so that a retry can send it again.</summary>
internal static class ReadOnlyMemoryStream
{
    public static MemoryStream Of(ReadOnlyMemory<byte> content) =>
        MemoryMarshal.TryGetArray(content, out var array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(content.ToArray(), writable: false);
}
