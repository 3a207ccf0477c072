using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Trainyard.Agent.Verbs;

/// <summary>
/// A growing file between its writer and its sender. Writing never fails and never blocks: bytes that a full disk or
/// the limit keeps out are dropped, except for the last ones, and a line says so.
/// </summary>
internal sealed class Spool : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SafeFileHandle _file;
    private readonly long _limit;
    private readonly OverflowBuffer _gap = new();
    private TaskCompletionSource _changed = NewSignal();
    private byte[] _afterword = [];
    private long _written;
    private long _length;
    private bool _isOverLimit;
    private bool _endsLine = true;
    private bool _completed;

    /// <param name="path">The path of a file that does not exist yet.</param>
    /// <param name="limit">
    /// The most bytes that the spool may have; the kept end of the dropped bytes comes on top.
    /// </param>
    public Spool(string path, long limit = long.MaxValue)
    {
        _limit = limit;
        _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite);
    }

    /// <summary>Called with the offset of each piece before the piece is written.</summary>
    public Action<long>? Writing { get; init; }

    public long Length => Volatile.Read(ref _length);

    public bool IsComplete => Volatile.Read(ref _completed);

    /// <summary>Whether the disk was full at some time.</summary>
    public bool LackedRoom { get; private set; }

    /// <summary>Appends bytes; bytes after <see cref="Complete"/> are dropped.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_completed || bytes.IsEmpty)
            {
                return;
            }
            if (_isOverLimit)
            {
                _gap.Add(bytes);
            }
            else if (_written + bytes.Length > _limit)
            {
                Cut(bytes);
            }
            else if (!TryCloseGap() || !TryWrite(bytes))
            {
                LoseFor(bytes);
            }
            Signal();
        }
    }

    public void AppendLine(string line) => Append(Encoding.UTF8.GetBytes(line + "\n"));

    /// <summary>Marks the end: nothing more is written.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            if (_completed)
            {
                return;
            }
            _completed = true;
            if (!TryCloseGap())
            {
                _afterword = ContentOfGap();
            }
            TryTruncate();
            Volatile.Write(ref _length, _written + _afterword.Length);
            Signal();
        }
    }

    public int Read(long offset, Span<byte> buffer)
    {
        lock (_gate)
        {
            if (offset >= _written)
            {
                return ReadAfterword((int)(offset - _written), buffer);
            }
            var most = (int)Math.Min(buffer.Length, _written - offset);
            return RandomAccess.Read(_file, buffer[..most], offset);
        }
    }

    /// <returns>False when the spool is complete and not longer than this position.</returns>
    public async Task<bool> WaitBeyondAsync(long position, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (_gate)
            {
                if (_length > position)
                {
                    return true;
                }
                if (_completed)
                {
                    return false;
                }
                next = _changed.Task;
            }
            await next.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Waits until the spool has this length or is complete.</summary>
    public async Task WaitForAsync(long wanted, CancellationToken cancellationToken) =>
        await WaitBeyondAsync(wanted - 1, cancellationToken);

    public void Dispose() => _file.Dispose();

    private void Cut(ReadOnlySpan<byte> bytes)
    {
        var fits = bytes[..(int)Math.Max(0, _limit - _written)];
        if (!TryCloseGap() || !TryWrite(fits))
        {
            _gap.Add(fits);
        }
        var line =
            $"More than {Number(_limit)} bytes: from here on only the last {Number(OverflowBuffer.Kept)} are kept, for the end.";
        TryWrite(LineOf(line));
        _gap.Add(bytes[fits.Length..]);
        _isOverLimit = true;
    }

    private void LoseFor(ReadOnlySpan<byte> bytes)
    {
        LackedRoom = true;
        _gap.Add(bytes);
    }

    private bool TryCloseGap()
    {
        if (_gap.IsEmpty)
        {
            return true;
        }
        if (!TryWrite(ContentOfGap()))
        {
            return false;
        }
        _gap.Clear();
        return true;
    }

    private byte[] ContentOfGap()
    {
        if (_gap.Lost == 0)
        {
            return _gap.End();
        }
        var why = _isOverLimit ? "it was too long" : "the node's disk was full";
        return [.. LineOf($"{Number(_gap.Lost)} bytes are left out here: {why}."), .. _gap.End()];
    }

    private byte[] LineOf(string text) => Encoding.UTF8.GetBytes((_endsLine ? "" : "\n") + $"[{text}]\n");

    // An interrupted write leaves bytes behind the end; the next write overwrites them.
    private bool TryWrite(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return true;
        }
        Writing?.Invoke(_written);
        try
        {
            RandomAccess.Write(_file, bytes, _written);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
        _endsLine = bytes[^1] == '\n';
        _written += bytes.Length;
        Volatile.Write(ref _length, _written);
        return true;
    }

    private void TryTruncate()
    {
        try
        {
            if (RandomAccess.GetLength(_file) != _written)
            {
                RandomAccess.SetLength(_file, _written);
            }
        }
        catch (IOException)
        {
            // The disk is broken. The sender uses the spool's own length, not the file's.
        }
    }

    private int ReadAfterword(int offset, Span<byte> buffer)
    {
        var rest = _afterword.AsSpan(Math.Min(offset, _afterword.Length));
        var read = rest[..Math.Min(rest.Length, buffer.Length)];
        read.CopyTo(buffer);
        return read.Length;
    }

    private void Signal()
    {
        _changed.SetResult();
        _changed = NewSignal();
    }

    private static string Number(long bytes) => bytes.ToString("N0", CultureInfo.InvariantCulture);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
