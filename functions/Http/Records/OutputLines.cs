using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Trainyard.Contracts;
using Trainyard.Core.Stores;

namespace Trainyard.Functions.Http.Records;

/// <summary>Reads the lines of a log or of metrics, from a given line on.</summary>
/// <param name="blobs">The store of the output.</param>
/// <param name="longest">The most bytes of a line to keep; longer lines are cut.</param>
internal sealed class OutputLines(IBlobStore blobs, int longest)
{
    private const int ChunkBytes = 64 * 1024;

    /// <summary>
    /// Reads the lines; each is valid until the next one is read. A last line without its line feed counts only when
    /// the output is final.
    /// </summary>
    /// <param name="blob">The blob to read.</param>
    /// <param name="offset">The offset at which to begin: the start of a line.</param>
    /// <param name="isFinal">Whether the output is complete.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
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

/// <summary>A line, valid until the next one is read, and the offsets of its start and end in the blob.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct OutputLine(ReadOnlyMemory<byte> Text, long Start, long End);
