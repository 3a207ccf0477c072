using System.Formats.Tar;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Trainyard.Core.Stores;

namespace Trainyard.Functions.Http.Downloads;

/// <summary>Streams a folder of blobs as one archive: the whole archive is never held in memory or on disk.</summary>
internal sealed class ModelFiles(IBlobStore blobs, string prefix)
{
    public async Task<bool> AreThereAsync(CancellationToken cancellationToken)
    {
        await foreach (var _ in blobs.ListAsync(prefix, cancellationToken))
        {
            return true;
        }
        return false;
    }

    /// <summary>
    /// Call this before writing an archive to a response: the archive writers end an entry with a synchronous write.
    /// </summary>
    public static void Permit(HttpContext http)
    {
        if (http.Features.Get<IHttpBodyControlFeature>() is { } control)
        {
            control.AllowSynchronousIO = true;
        }
    }

    public async Task WriteZipAsync(Stream target, CancellationToken cancellationToken)
    {
        await using var zip = await ZipArchive.CreateAsync(
            target,
            ZipArchiveMode.Create,
            leaveOpen: true,
            entryNameEncoding: null,
            cancellationToken
        );
        await foreach (var (path, content) in ReadAsync(cancellationToken))
        {
            await using var source = content;
            await using var entry = await zip.CreateEntry(path, CompressionLevel.Fastest).OpenAsync(cancellationToken);
            await source.CopyToAsync(entry, cancellationToken);
        }
    }

    public async Task WriteTarGzAsync(Stream target, CancellationToken cancellationToken)
    {
        await using var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true);
        await using var tar = new TarWriter(gzip, TarEntryFormat.Pax, leaveOpen: true);
        await foreach (var (path, content) in ReadAsync(cancellationToken))
        {
            // A tar entry begins with its length, so a stream of unknown length is first kept in a temporary file.
            await using var source = content.CanSeek
                ? content
                : await TemporaryFile.KeepAsync(content, cancellationToken);
            var entry = new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = source };
            await tar.WriteEntryAsync(entry, cancellationToken);
        }
    }

    private async IAsyncEnumerable<(string Path, Stream Content)> ReadAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var blob in blobs.ListAsync(prefix, cancellationToken))
        {
            // An archive that lacks a file must not look whole: the exception breaks the connection off.
            var content =
                await blobs.OpenReadAsync(blob.Name, 0, null, cancellationToken)
                ?? throw new IOException($"{blob.Name} was deleted while its model was sent.");
            yield return (blob.Name.ToString()[prefix.Length..], content);
        }
    }
}
