using Microsoft.Win32.SafeHandles;

namespace Trainyard.Agent.Transfers;

/// <summary>One object on its way into a file, in pieces that may come at the same time. All of them are of one version.</summary>
internal sealed class ObjectTransfer : IDisposable
{
    /// <summary>What one request asks for: enough that its own cost does not count, small enough to share a large object out.</summary>
    public const long PieceBytes = 32L << 20;

    private readonly Lock _gate = new();
    private readonly SafeFileHandle _file;
    private readonly List<ObjectPiece> _pieces;
    private readonly PrefixHash _hash;
    private int _left;
    private bool _isFixed;

    /// <param name="listed">The object.</param>
    /// <param name="path">A file to write, which is made now: it keeps its place among the names.</param>
    public ObjectTransfer(ListedObject listed, string path)
    {
        Listed = listed;
        Path = path;
        _file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite);
        _hash = new PrefixHash(_file);
        _pieces = [.. Cut(listed.Object.Bytes)];
        _left = _pieces.Count;
    }

    /// <summary>The object as it was listed last; another address is the same object.</summary>
    public ListedObject Listed { get; set; }

    public string Path { get; }

    public IReadOnlyList<ObjectPiece> Pieces => _pieces;

    /// <summary>Of the version that is fetched; null while none is known, or when the store gave none that binds.</summary>
    public string? ETag { get; private set; }

    /// <summary>The MD5 of the whole, as the store has it; null where it says none.</summary>
    public byte[]? Digest { get; private set; }

    /// <summary>Whether what came is of no use: the object was changed meanwhile.</summary>
    public bool IsVoid { get; private set; }

    /// <summary>Takes an answer as one of the version that is fetched.</summary>
    /// <exception cref="ObjectChangedException">It is of another one.</exception>
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

    /// <summary>Takes note that a piece has ended.</summary>
    /// <returns>True for the one that ends last.</returns>
    public bool EndPiece(CancellationToken cancellationToken)
    {
        if (Digest is not null && _pieces.Count > 1 && !IsVoid)
        {
            _hash.Follow(WholeFromTheStart, cancellationToken);
        }
        return Interlocked.Decrement(ref _left) == 0;
    }

    /// <returns>The MD5 of what is in the file.</returns>
    public byte[] Hash(CancellationToken cancellationToken) => _hash.End(Listed.Object.Bytes, cancellationToken);

    /// <summary>Fit for the command's user, whoever that is; the file's folder keeps others out.</summary>
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

/// <summary>The object is not the one that was listed any more.</summary>
internal sealed class ObjectChangedException(string message) : Exception(message);
