using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Trainyard.Agent.Verbs;

/// <summary>
/// A growing file between who writes it and who sends it on. Writing never fails and never waits: what a full disk or the
/// limit keeps out is left out, but for its end, and a line says so.
/// </summary>
internal sealed class Spool : IDisposable
{
    private readonly Lock gate = new();
    private readonly SafeFileHandle file;
    private readonly long limit;
    private readonly Gap gap = new();
    private TaskCompletionSource changed = NewSignal();
    private byte[] afterword = [];
    private long written;
    private long length;
    private bool isOverLimit;
    private bool endsLine = true;
    private bool completed;

    /// <param name="path">A file that is not there yet.</param>
    /// <param name="limit">Bytes it may have; a little more with the end of what is left out.</param>
    public Spool(string path, long limit = long.MaxValue)
    {
        Path = path;
        this.limit = limit;
        file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite);
    }

    public string Path { get; }

    public long Length => Volatile.Read(ref length);

    public bool IsComplete => Volatile.Read(ref completed);

    /// <summary>Whether the disk was full at some time.</summary>
    public bool LackedRoom { get; private set; }

    /// <summary>Adds to the end; what comes after <see cref="Complete"/> is dropped.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        lock (gate)
        {
            if (completed || bytes.IsEmpty)
                return;
            if (isOverLimit)
                gap.Add(bytes);
            else if (written + bytes.Length > limit)
                Cut(bytes);
            else if (!TryCloseGap() || !TryWrite(bytes))
                LoseFor(bytes);
            Signal();
        }
    }

    public void AppendLine(string line) => Append(Encoding.UTF8.GetBytes(line + "\n"));

    /// <summary>Nothing follows.</summary>
    public void Complete()
    {
        lock (gate)
        {
            if (completed)
                return;
            completed = true;
            if (!TryCloseGap())
                afterword = ContentOfGap();
            TryTruncate();
            Volatile.Write(ref length, written + afterword.Length);
            Signal();
        }
    }

    public int Read(long offset, Span<byte> buffer)
    {
        lock (gate)
        {
            if (offset >= written)
                return ReadAfterword((int)(offset - written), buffer);
            var most = (int)Math.Min(buffer.Length, written - offset);
            return RandomAccess.Read(file, buffer[..most], offset);
        }
    }

    /// <returns>False when the spool is complete and no longer than that.</returns>
    public async Task<bool> WaitBeyondAsync(long position, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (length > position)
                    return true;
                if (completed)
                    return false;
                next = changed.Task;
            }
            await next.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Ends when the spool is at least so long, or complete.</summary>
    public async Task WaitForAsync(long wanted, CancellationToken cancellationToken) =>
        await WaitBeyondAsync(wanted - 1, cancellationToken);

    public void Dispose() => file.Dispose();

    private void Cut(ReadOnlySpan<byte> bytes)
    {
        var fits = bytes[..(int)Math.Max(0, limit - written)];
        if (!TryCloseGap() || !TryWrite(fits))
            gap.Add(fits);
        var line =
            $"More than {Number(limit)} bytes: from here on only the last {Number(Gap.Kept)} are kept, for the end.";
        TryWrite(LineOf(line));
        gap.Add(bytes[fits.Length..]);
        isOverLimit = true;
    }

    private void LoseFor(ReadOnlySpan<byte> bytes)
    {
        LackedRoom = true;
        gap.Add(bytes);
    }

    private bool TryCloseGap()
    {
        if (gap.IsEmpty)
            return true;
        if (!TryWrite(ContentOfGap()))
            return false;
        gap.Clear();
        return true;
    }

    private byte[] ContentOfGap()
    {
        if (gap.Lost == 0)
            return gap.End();
        var why = isOverLimit ? "it was too long" : "the node's disk was full";
        return [.. LineOf($"{Number(gap.Lost)} bytes are left out here: {why}."), .. gap.End()];
    }

    private byte[] LineOf(string text) => Encoding.UTF8.GetBytes((endsLine ? "" : "\n") + $"[{text}]\n");

    // Bytes of a write that broke off lie behind the end, where the next one overwrites them.
    private bool TryWrite(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return true;
        try
        {
            RandomAccess.Write(file, bytes, written);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
        endsLine = bytes[^1] == '\n';
        written += bytes.Length;
        Volatile.Write(ref length, written);
        return true;
    }

    private void TryTruncate()
    {
        try
        {
            if (RandomAccess.GetLength(file) != written)
                RandomAccess.SetLength(file, written);
        }
        catch (IOException)
        {
            // A broken disk: what is sent goes by our own count.
        }
    }

    private int ReadAfterword(int offset, Span<byte> buffer)
    {
        var rest = afterword.AsSpan(Math.Min(offset, afterword.Length));
        var read = rest[..Math.Min(rest.Length, buffer.Length)];
        read.CopyTo(buffer);
        return read.Length;
    }

    private void Signal()
    {
        changed.SetResult();
        changed = NewSignal();
    }

    private static string Number(long bytes) => bytes.ToString("N0", CultureInfo.InvariantCulture);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
