using System.Buffers;
using System.Security.Cryptography;

namespace Trainyard.Backends.ObjectStores.Parts;

/// <summary>Copies a known number of bytes and computes their MD5 on the way.</summary>
internal static class Md5Copy
{
    private const int BufferBytes = 128 * 1024;

    /// <summary>Throws <see cref="EndOfStreamException"/> when the stream is shorter.</summary>
    public static async Task<byte[]> CopyAsync(Stream from, Stream to, long length, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            for (var left = length; left > 0; )
            {
                var most = (int)Math.Min(buffer.Length, left);
                var read = await from.ReadAsync(buffer.AsMemory(0, most), cancellationToken);
                if (read == 0)
                {
                    throw new EndOfStreamException("The content of a part ended early.");
                }
                hash.AppendData(buffer, 0, read);
                await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                left -= read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        return hash.GetHashAndReset();
    }
}
