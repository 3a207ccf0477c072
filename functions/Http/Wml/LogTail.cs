using Trainyard.Contracts;
using Trainyard.Core.Stores;

namespace Trainyard.Functions.Http.Wml;

/// <summary>Finds where the last lines of a log begin.</summary>
internal sealed class LogTail(IBlobStore blobs, BlobName blob)
{
    // Lines of more than about a thousand bytes on average come fewer than requested.
    private const int MostBytes = 1 << 20;

    public async Task<long> FindAsync(int lines, CancellationToken cancellationToken)
    {
        var bytes = (await blobs.FindAsync(blob, cancellationToken))?.Bytes ?? 0;
        var from = Math.Max(0, bytes - MostBytes);
        await using var content = await blobs.OpenReadAsync(blob, from, bytes - from, cancellationToken);
        if (content is null)
        {
            return 0;
        }
        var tail = new byte[bytes - from];
        var read = await content.ReadAtLeastAsync(tail, tail.Length, throwOnEndOfStream: false, cancellationToken);
        return from + StartOf(tail.AsSpan(0, read), lines);
    }

    // A line feed at the very end ends the last line, so it is not counted.
    internal static int StartOf(ReadOnlySpan<byte> tail, int lines)
    {
        var end = tail.EndsWith("\n"u8) ? tail.Length - 1 : tail.Length;
        for (var left = lines; left > 0; left--)
        {
            end = tail[..end].LastIndexOf((byte)'\n');
            if (end < 0)
            {
                return 0;
            }
        }
        return end + 1;
    }
}
