using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Trainyard.Agent.Service;

namespace Trainyard.Agent.Verbs;

/// <summary>
/// Reads a file once, part by part, and computes the MD5 of each part, as stores want it, and the SHA-256 of the whole.
/// </summary>
internal sealed class PartHash(SafeFileHandle file) : IDisposable
{
    private readonly IncrementalHash _part = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
    private readonly IncrementalHash _whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public async Task<byte[]> NextAsync(long from, long bytes)
    {
        await FileHandleContent.ReadAsync(
            file,
            from,
            bytes,
            piece =>
            {
                _part.AppendData(piece.Span);
                _whole.AppendData(piece.Span);
                return default;
            },
            CancellationToken.None
        );
        return _part.GetHashAndReset();
    }

    public string End() => Convert.ToHexStringLower(_whole.GetHashAndReset());

    public void Dispose()
    {
        _part.Dispose();
        _whole.Dispose();
    }
}
