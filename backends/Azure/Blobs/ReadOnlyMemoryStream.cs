using System.Runtime.InteropServices;

namespace Trainyard.Backends.Azure.Blobs;

/// <summary>Memory as a stream that can be sent again.</summary>
internal static class ReadOnlyMemoryStream
{
    public static MemoryStream Of(ReadOnlyMemory<byte> content) =>
        MemoryMarshal.TryGetArray(content, out var array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(content.ToArray(), writable: false);
}
