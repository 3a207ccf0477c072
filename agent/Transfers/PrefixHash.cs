using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Trainyard.Agent.Transfers;

/// <summary>
/// The MD5 of a file that grows from its beginning, though not in order: it follows what is whole, so that it is ready soon
/// after the last byte. The file is read back: what is checked is what the command will read.
/// </summary>
internal sealed class PrefixHash(SafeFileHandle file) : IDisposable
{
    // Fits a processor's own memory: the bytes are copied once and hashed at once.
    private const int BufferBytes = 256 * 1024;

    private readonly Lock _gate = new();
    private IncrementalHash? _hash;
    private long _hashed;

    /// <summary>Goes on to the end of what is whole, unless somebody does already.</summary>
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

    /// <summary>The MD5 of as many bytes.</summary>
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
