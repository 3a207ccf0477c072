using System.IO.Compression;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using Trainyard.Manifests.Archives.Problems;
using Trainyard.Manifests.Archives.Zip;

namespace Trainyard.Manifests.Archives;

/// <summary>An entry's unpacked bytes, verified against the size and checksum that the archive declares.</summary>
internal sealed class EntryContent(Stream archive, ZipEntry entry)
{
    private const int BufferSize = 81_920;
    private const ushort Stored = 0;

    /// <summary>Each piece is valid until the next one is asked for.</summary>
    /// <exception cref="ArchiveException">What comes out is not what was declared.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var packed = new StreamSlice(archive, entry.DataOffset, entry.PackedBytes);
        await using var source =
            entry.Method == Stored
                ? packed
                : new DeflateStream(packed, CompressionMode.Decompress, leaveOpen: true) as Stream;
        var crc = new Crc32();
        var left = entry.Bytes;
        var buffer = new byte[BufferSize];
        int read;
        while ((read = await ReadAsync(source, buffer, cancellationToken)) > 0)
        {
            left -= read;
            if (left < 0)
            {
                throw Broken("unpacks to more than it declares");
            }

            crc.Append(buffer.AsSpan(0, read));
            yield return buffer.AsMemory(0, read);
        }

        if (left > 0 || crc.GetCurrentHashAsUInt32() != entry.Crc)
        {
            throw Broken("does not match its checksum");
        }
    }

    private async Task<int> ReadAsync(Stream source, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await source.ReadAsync(buffer, cancellationToken);
        }
        catch (InvalidDataException)
        {
            throw Broken("is damaged");
        }
    }

    private ArchiveException Broken(string what) =>
        new([new ArchiveProblem(ArchiveCodes.Damaged, $"The entry `{entry.Shown}` {what}.", entry.Shown)]);
}
