using System.Net;

namespace Trainyard.Backends.ObjectStores.Swift;

/// <summary>A part as a request body. Does not close the part, which a retry may send again.</summary>
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
