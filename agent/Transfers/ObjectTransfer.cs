using Microsoft.Win32.SafeHandles;

namespace Trainyard.Agent.Transfers;

/// <summary>
/// The download of one object into a file, in pieces that may arrive in parallel. All pieces are of one version.
/// </summary>
internal sealed class ObjectTransfer : IDisposable
{
    /// <summary>
    /// The size of one request: large enough to make its overhead negligible, small enough to split a large object
    /// among several downloads.
    /// </summary>
    public const long PieceBytes = 32L << 20;

    private readonly Lock _gate = new();
    private readonly SafeFileHandle _file;
    private readonly List<ObjectPiece> _pieces;
    private readonly PrefixHash _hash;
    private int _left;
    private bool _isFixed;

    /// <param name="listed">The object.</param>
    /// <param name="path">The file to write. It is created now, to reserve its name.</param>
    public ObjectTransfer(ListedObject listed, string path)
    {
        Listed = listed;
        Path = path;
        _file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite);
        _hash = new PrefixHash(_file);
        _pieces = [.. Cut(listed.Object.Bytes)];
        _left = _pieces.Count;
    }

    /// <summary>The object as it was listed last; a refresh changes only the address.</summary>
    public ListedObject Listed { get; set; }

    public string Path { get; }

    public IReadOnlyList<ObjectPiece> Pieces => _pieces;

    /// <summary>
    /// The ETag of the fetched version; null before the first answer, or when the store sends no strong ETag.
    /// </summary>
    public string? ETag { get; private set; }

    /// <summary>The MD5 of the whole object as the store reports it; null when it reports none.</summary>
    public byte[]? Digest { get; private set; }

    /// <summary>Whether the downloaded bytes are useless because the object changed meanwhile.</summary>
    public bool IsVoid { get; private set; }

    /// <summary>
    /// Checks that an answer is of the version that is fetched; the first answer decides the version.
    /// </summary>
    /// <exception cref="ObjectChangedException">The answer is of another version or length.</exception>
    public void Accept(HttpResponseMessage answer)
    {
        var etag = StoreTag.Of(answer);
        lock (_gate)
        {
            if (!_isFixed)
            {
                _isFixed = true;
                ETag = etag;
                Digest = StoreDigest.Of(answer);
            }
            else if (ETag is not null && etag is not null && etag != ETag)
            {
                throw new ObjectChangedException("it was changed");
            }
        }
        if (WholeLength(answer) is { } length && length != Listed.Object.Bytes)
        {
            throw new ObjectChangedException("its length is another one than was listed");
        }
    }

    public void Write(ReadOnlySpan<byte> bytes, long at) => RandomAccess.Write(_file, bytes, at);

    public void Void() => IsVoid = true;

    /// <summary>Records that a piece has ended.</summary>
    /// <returns>True for the last piece to end.</returns>
    public bool EndPiece(CancellationToken cancellationToken)
    {
        if (Digest is not null && _pieces.Count > 1 && !IsVoid)
        {
            _hash.Follow(WholeFromTheStart, cancellationToken);
        }
        return Interlocked.Decrement(ref _left) == 0;
    }

    /// <returns>The MD5 of the file's content.</returns>
    public byte[] Hash(CancellationToken cancellationToken) => _hash.End(Listed.Object.Bytes, cancellationToken);

    /// <summary>
    /// Makes the file readable for every user, since the command may run as any. The file's folder keeps others out.
    /// </summary>
    public void Finish() => File.SetUnixFileMode(_file, DataFiles.Mode);

    public void Dispose()
    {
        _hash.Dispose();
        _file.Dispose();
    }

    private long WholeFromTheStart() => _pieces.TakeWhile(p => p.IsWhole).Sum(p => p.Bytes);

    private IEnumerable<ObjectPiece> Cut(long bytes)
    {
        for (long from = 0; from < bytes; from += PieceBytes)
        {
            yield return new ObjectPiece(this, from, Math.Min(PieceBytes, bytes - from));
        }
    }

    private static long? WholeLength(HttpResponseMessage answer) =>
        answer.Content.Headers.ContentRange is { } range ? range.Length
        : answer.StatusCode is System.Net.HttpStatusCode.OK ? answer.Content.Headers.ContentLength
        : null;
}

/// <summary>The object changed after it was listed.</summary>
internal sealed class ObjectChangedException(string message) : Exception(message);
