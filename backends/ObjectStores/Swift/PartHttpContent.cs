using System.Net;

namespace Trainyard.Backends.ObjectStores.Swift;

/// <summary>A part as the body of a request, which leaves the part open: it may have to be sent again.</summary>
internal sealed class PartHttpContent(Stream part, long length) : HttpContent
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        part.Position = 0;
        await part.CopyToAsync(stream);
    }

    protected override bool TryComputeLength(out long computed)
    {
        computed = length;
        return true;
    }
}
