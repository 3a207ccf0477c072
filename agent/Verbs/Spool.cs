using System.Text;

namespace Trainyard.Agent.Verbs;

/// <summary>
/// A growing file between who writes it and who sends it on: as much as the command prints fits, whatever the service does.
/// </summary>
internal sealed class Spool : IDisposable
{
    private readonly Lock gate = new();
    private readonly FileStream file;
    private TaskCompletionSource changed = NewSignal();
    private long length;
    private bool completed;

    public Spool(string path)
    {
        Path = path;
        file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
    }

    public string Path { get; }

    public long Length => Volatile.Read(ref length);

    /// <summary>Adds to the end; what comes after <see cref="Complete"/> is dropped.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        lock (gate)
        {
            if (completed)
                return;
            file.Write(bytes);
            Volatile.Write(ref length, length + bytes.Length);
            Signal();
        }
    }

    public void AppendLine(string line) => Append(Encoding.UTF8.GetBytes(line + "\n"));

    /// <summary>Nothing follows.</summary>
    public void Complete()
    {
        lock (gate)
        {
            completed = true;
            Signal();
        }
    }

    public int Read(long offset, Span<byte> buffer) => RandomAccess.Read(file.SafeFileHandle, buffer, offset);

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

    private void Signal()
    {
        changed.SetResult();
        changed = NewSignal();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
