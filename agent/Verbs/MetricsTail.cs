using System.Buffers;
using Trainyard.Agent.Processes;

namespace Trainyard.Agent.Verbs;

/// <summary>
/// Follows the metrics file that the command writes and copies its whole lines into a spool of our own, which the command
/// cannot change any more.
/// </summary>
internal sealed class MetricsTail(string path, Spool spool, TimeProvider time)
{
    private const int LongestLine = 256 * 1024;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private long position;

    /// <summary>Ends with the token, after a last look.</summary>
    public async Task RunAsync(CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            Advance(atEnd: false);
            await Task.Delay(Interval, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        Advance(atEnd: true);
        spool.Complete();
    }

    internal void Advance(bool atEnd)
    {
        using var file = RegularFile.TryOpen(path);
        if (file is null)
            return;
        if (RandomAccess.GetLength(file) < position)
            position = 0;
        var buffer = ArrayPool<byte>.Shared.Rent(LongestLine);
        try
        {
            while (Take(buffer, RandomAccess.Read(file, buffer, position), atEnd)) { }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <returns>Whether there may be more.</returns>
    private bool Take(byte[] buffer, int read, bool atEnd)
    {
        var whole = buffer.AsSpan(0, read).LastIndexOf((byte)'\n') + 1;
        if (whole > 0)
        {
            spool.Append(buffer.AsSpan(0, whole));
            position += whole;
            return true;
        }
        // A line longer than the buffer is no metrics record: it is stepped over, its end reads as a broken line.
        if (read == buffer.Length)
        {
            position += read;
            return true;
        }
        if (atEnd && read > 0)
        {
            spool.Append([.. buffer.AsSpan(0, read), (byte)'\n']);
            position += read;
        }
        return false;
    }
}
