using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Trainyard.Agent.Transfers;

/// <summary>
/// Computes the MD5 of a file whose pieces arrive out of order. It hashes the complete prefix as it grows, so that the
/// result is ready soon after the last byte. It reads the file back, and so checks the bytes that the command will
/// read.
/// </summary>
internal sealed class PrefixHash(SafeFileHandle file) : IDisposable
{
    // Small enough for a processor cache: the bytes are read into it and hashed at once.
    private const int BufferBytes = 256 * 1024;

    private readonly Lock _gate = new();
    private IncrementalHash? _hash;
    private long _hashed;

    /// <summary>Hashes up to the end of the complete prefix, unless another thread is doing so.</summary>
    public void Follow(Func<long> whole, CancellationToken cancellationToken)
    {
        if (!_gate.TryEnter())
        {
            return;
        }
        try
        {
            while (whole() is var end && end > _hashed)
            {
                HashTo(end, cancellationToken);
            }
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>The MD5 of the first bytes of the file, up to this number.</summary>
    public byte[] End(long bytes, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            HashTo(bytes, cancellationToken);
            return Hash.GetHashAndReset();
        }
    }

    public void Dispose() => _hash?.Dispose();

#pragma warning disable CA5351 // Stores define it so; it guards against accidents, not attacks.
    private IncrementalHash Hash => _hash ??= IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351

    private void HashTo(long end, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (_hashed < end)
            {
                var piece = buffer.AsSpan(0, (int)Math.Min(BufferBytes, end - _hashed));
                var read = RandomAccess.Read(file, piece, _hashed);
                if (read == 0)
                {
                    return;
                }
                Hash.AppendData(piece[..read]);
                _hashed += read;
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
