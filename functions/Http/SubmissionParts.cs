using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Archives;
using Trainyard.Manifests.Text;

namespace Trainyard.Functions.Http;

/// <summary>
/// The two parts of a submission, in either order. The manifest is small and read whole. The archive is streamed from
/// the request, or read from a temporary file when it came before the manifest.
/// </summary>
internal sealed class SubmissionParts(ManifestLimits limits, ArchiveLimits archiveLimits) : IAsyncDisposable
{
    // RFC 2046 allows 70; some clients write more.
    private const int LongestBoundary = 256;

    private const string ManifestPart = "manifest";
    private const string ArchivePart = "model_definition";

    private FileStream? _spooled;

    public ReadOnlyMemory<byte> Manifest { get; private set; }

    public Stream? Archive { get; private set; }

    /// <summary>
    /// Reads up to the beginning of the archive's content. Throws <see cref="BadHttpRequestException"/> for another
    /// kind of body.
    /// </summary>
    public static async Task<SubmissionParts> ReadAsync(
        HttpRequest request,
        ManifestLimits limits,
        ArchiveLimits archiveLimits,
        CancellationToken cancellationToken
    )
    {
        var parts = new SubmissionParts(limits, archiveLimits);
        try
        {
            await parts.ReadPartsAsync(request, cancellationToken);
            return parts;
        }
        catch (Exception e) when (IsBroken(e))
        {
            await parts.DisposeAsync();
            throw new BadHttpRequestException($"The multipart body is broken: {e.Message}", e);
        }
        catch (Exception)
        {
            await parts.DisposeAsync();
            throw;
        }
    }

    // Excludes the server's own exceptions (body too slow) and a full disk, on which a part is kept.
    private static bool IsBroken(Exception e) =>
        e is InvalidDataException
        || (e is IOException and not BadHttpRequestException && !InsufficientStorageException.IsMeantBy(e));

    public async ValueTask DisposeAsync()
    {
        if (_spooled is not null)
        {
            await _spooled.DisposeAsync();
        }
    }

    private async Task ReadPartsAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (
            !MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
        )
        {
            throw new BadHttpRequestException("Send multipart/form-data with the parts manifest and model_definition.");
        }
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        if (boundary.Length == 0)
        {
            throw new BadHttpRequestException("The multipart body has no boundary.");
        }
        if (boundary.Length > LongestBoundary)
        {
            throw new BadHttpRequestException(
                $"The multipart body's boundary has {boundary.Length} characters; it may have {LongestBoundary}."
            );
        }

        var reader = new MultipartReader(boundary, request.Body);
        while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
        {
            var name = section.GetContentDispositionHeader()?.Name.ToString().Trim('"');
            if ((name == ManifestPart && !Manifest.IsEmpty) || (name == ArchivePart && Archive is not null))
            {
                throw new BadHttpRequestException($"The multipart body has the part {name} twice.");
            }
            if (name == ManifestPart)
            {
                Manifest = await ReadManifestAsync(section.Body, cancellationToken);
            }
            else if (name == ArchivePart && Manifest.IsEmpty)
            {
                await SpoolAsync(section.Body, cancellationToken);
            }
            else if (name == ArchivePart)
            {
                Archive = new PartStream(section.Body);
            }
            // Later parts cannot be read before the archive, and none of them matters.
            if (!Manifest.IsEmpty && Archive is not null)
            {
                return;
            }
        }
    }

    // One byte more than allowed is enough for the inspection to say that it is too large.
    private async Task SpoolAsync(Stream body, CancellationToken cancellationToken)
    {
        await using var bounded = new AtMostStream(new PartStream(body), archiveLimits.MaxArchiveBytes + 1);
        Archive = _spooled = await TemporaryFile.KeepAsync(bounded, cancellationToken);
    }

    // One byte more than allowed is enough for the parser to say that it is too large.
    private async Task<ReadOnlyMemory<byte>> ReadManifestAsync(Stream body, CancellationToken cancellationToken)
    {
        var limit = limits.MaxBytes + 1;
        var buffer = new byte[limit];
        var read = await body.ReadAtLeastAsync(buffer, limit, throwOnEndOfStream: false, cancellationToken);
        return buffer.AsMemory(0, read);
    }
}
