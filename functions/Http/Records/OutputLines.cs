using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Trainyard.Contracts;
using Trainyard.Core.Stores;

namespace Trainyard.Functions.Http.Records;

/// <summary>The lines of a log or of metrics, from some line on.</summary>
/// <param name="blobs">Where it is.</param>
/// <param name="longest">Bytes of a line that are kept; what is longer is cut there.</param>
internal sealed class OutputLines(IBlobStore blobs, int longest)
{
    private const int ChunkBytes = 64 * 1024;

    /// <summary>A line is good until the next one is asked for. The last one without its line feed counts when it is final.</summary>
    /// <param name="blob">Where they are.</param>
    /// <param name="offset">Where a line begins.</param>
    /// <param name="isFinal">Whether nothing follows.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<OutputLine> ReadAsync(
        BlobName blob,
        long offset,
        bool isFinal,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var content = await blobs.OpenReadAsync(blob, offset, null, cancellationToken);
        if (content is null)
        {
            yield break;
        }
        var line = new ArrayBufferWriter<byte>(256);
        var chunk = new byte[ChunkBytes];
        var isOpen = false;
        long bytes = 0;
        while (await content.ReadAsync(chunk, cancellationToken) is > 0 and var read)
        {
            var rest = chunk.AsMemory(0, read);
            while (rest.Span.IndexOf((byte)'\n') is >= 0 and var end)
            {
                Add(line, rest.Span[..end]);
                bytes += end + 1;
                yield return new OutputLine(WithoutReturn(line.WrittenMemory), offset, offset + bytes);
                offset += bytes;
                bytes = 0;
                line.ResetWrittenCount();
                rest = rest[(end + 1)..];
                isOpen = false;
            }
            Add(line, rest.Span);
            bytes += rest.Length;
            isOpen |= rest.Length > 0;
        }
        if (isOpen && isFinal)
        {
            yield return new OutputLine(WithoutReturn(line.WrittenMemory), offset, offset + bytes);
        }
    }

    private void Add(ArrayBufferWriter<byte> line, ReadOnlySpan<byte> bytes) =>
        line.Write(bytes[..Math.Min(bytes.Length, longest - line.WrittenCount)]);

    private static ReadOnlyMemory<byte> WithoutReturn(ReadOnlyMemory<byte> line) =>
        line.Span.EndsWith("\r"u8) ? line[..^1] : line;
}

/// <summary>A line, good until the next one is asked for, and where it begins and ends in what it is a line of.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct OutputLine(ReadOnlyMemory<byte> Text, long Start, long End);
