using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Text;

namespace Trainyard.Functions.Http;

/// <summary>
/// The two parts of a submission, in either order. The manifest is small and read whole; the archive is read from the
/// wire as it is consumed, or from a temporary file when it came first.
/// </summary>
internal sealed class SubmissionParts(ManifestLimits limits) : IAsyncDisposable
{
    private const string ManifestPart = "manifest";
    private const string ArchivePart = "model_definition";

    private FileStream? spooled;

    public ReadOnlyMemory<byte> Manifest { get; private set; }

    public Stream? Archive { get; private set; }

    /// <summary>Reads up to where the archive can be consumed. Throws <see cref="BadHttpRequestException"/> for another kind of body.</summary>
    public static async Task<SubmissionParts> ReadAsync(
        HttpRequest request,
        ManifestLimits limits,
        CancellationToken cancellationToken
    )
    {
        var parts = new SubmissionParts(limits);
        try
        {
            await parts.ReadPartsAsync(request, cancellationToken);
            return parts;
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
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

    public async ValueTask DisposeAsync()
    {
        if (spooled is not null)
            await spooled.DisposeAsync();
    }

    private async Task ReadPartsAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (
            !MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
        )
            throw new BadHttpRequestException("Send multipart/form-data with the parts manifest and model_definition.");
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        if (boundary.Length == 0)
            throw new BadHttpRequestException("The multipart body has no boundary.");

        var reader = new MultipartReader(boundary, request.Body);
        while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
        {
            var name = section.GetContentDispositionHeader()?.Name.ToString().Trim('"');
            if (name == ManifestPart)
                Manifest = await ReadManifestAsync(section.Body, cancellationToken);
            else if (name == ArchivePart && Manifest.IsEmpty)
                Archive = spooled = await TemporaryFile.KeepAsync(new PartStream(section.Body), cancellationToken);
            else if (name == ArchivePart)
                Archive = new PartStream(section.Body);
            // What follows cannot be read before the archive is; and nothing that counts follows.
            if (!Manifest.IsEmpty && Archive is not null)
                return;
        }
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
