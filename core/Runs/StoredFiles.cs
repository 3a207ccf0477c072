using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Core.Runs;

/// <summary>
/// The list of each run's stored files: a JSON a line, so that a page of a million files is read from the byte where it
/// begins. Written before the record says that the results are stored, and never changed afterwards.
/// </summary>
public sealed class StoredFiles(IBlobStore blobs)
{
    private const byte LineEnd = (byte)'\n';

    /// <summary>A line of the list.</summary>
    public static byte[] LineOf(StoredFile file) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(file, WireJson.Options), LineEnd];

    /// <summary>Keeps the list of a run, in place of an earlier one.</summary>
    public Task PutAsync(RunId id, Stream lines, CancellationToken cancellationToken) =>
        blobs.PutAsync(RunBlobs.StoredFiles(id), lines, expectedSha256: null, cancellationToken);

    /// <summary>
    /// A page from a byte of the list on; null when the run has no list, as runs that an older version stored.
    /// </summary>
    /// <exception cref="InvalidContinuationException">No file begins at this byte.</exception>
    public async Task<StoredFilePage?> ReadAsync(RunId id, long offset, int limit, CancellationToken cancellationToken)
    {
        if (await blobs.FindAsync(RunBlobs.StoredFiles(id), cancellationToken) is not { } list)
        {
            return null;
        }
        var files = new List<StoredFile>();
        var end = offset;
        await foreach (var (file, next) in LinesAsync(list.Name, offset, cancellationToken))
        {
            files.Add(file);
            end = next;
            if (files.Count == limit)
            {
                break;
            }
        }
        return new StoredFilePage(files, end < list.Bytes ? end : null);
    }

    /// <summary>The file that begins at a byte of the list; null when there is none.</summary>
    public async Task<StoredFile?> FindAsync(RunId id, long offset, CancellationToken cancellationToken) =>
        await ReadAsync(id, offset, limit: 1, cancellationToken) is { Files: [var file] } ? file : null;

    /// <summary>The file of this path, and the byte of the list where it begins; null when there is none.</summary>
    public async Task<(StoredFile File, long Offset)?> FindAsync(
        RunId id,
        string path,
        CancellationToken cancellationToken
    )
    {
        var offset = 0L;
        await foreach (var (file, next) in LinesAsync(RunBlobs.StoredFiles(id), 0, cancellationToken))
        {
            if (file.Path == path)
            {
                return (file, offset);
            }
            offset = next;
        }
        return null;
    }

    private async IAsyncEnumerable<(StoredFile File, long Next)> LinesAsync(
        BlobName list,
        long offset,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        // The end of the line before is read too: it says that a line begins here.
        var position = Math.Max(0, offset - 1);
        if (await blobs.OpenReadAsync(list, position, null, cancellationToken) is not { } content)
        {
            yield break;
        }
        var pipe = PipeReader.Create(content);
        try
        {
            for (var isFirst = offset > 0; ; isFirst = false)
            {
                var read = await pipe.ReadAtLeastAsync(1, cancellationToken);
                var rest = read.Buffer;
                if (isFirst)
                {
                    rest = AfterLineEnd(rest);
                    position++;
                }
                while (rest.PositionOf(LineEnd) is { } end)
                {
                    var line = rest.Slice(0, end);
                    position += line.Length + 1;
                    yield return (Parse(line), position);
                    rest = rest.Slice(rest.GetPosition(1, end));
                }
                pipe.AdvanceTo(rest.Start, read.Buffer.End);
                if (read.IsCompleted)
                {
                    yield break;
                }
            }
        }
        finally
        {
            await pipe.CompleteAsync();
        }
    }

    private static ReadOnlySequence<byte> AfterLineEnd(ReadOnlySequence<byte> read) =>
        !read.IsEmpty && read.FirstSpan[0] == LineEnd ? read.Slice(1) : throw new InvalidContinuationException();

    private static StoredFile Parse(ReadOnlySequence<byte> line)
    {
        var json = new Utf8JsonReader(line);
        return JsonSerializer.Deserialize<StoredFile>(ref json, WireJson.Options)!;
    }
}
