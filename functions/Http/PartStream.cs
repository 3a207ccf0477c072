using Microsoft.AspNetCore.Http;
using Trainyard.Contracts.Streams;

namespace Trainyard.Functions.Http;

/// <summary>
/// A part of a multipart body. A read error means that the sender's body is broken, so it becomes a
/// <see cref="BadHttpRequestException"/>; code that copies the part can then tell it from a disk error. The server's
/// own exceptions (body too slow) pass unchanged.
/// </summary>
internal sealed class PartStream(Stream part) : ReadOnlyStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await part.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception e) when (e is IOException and not BadHttpRequestException or InvalidDataException)
        {
            throw new BadHttpRequestException("The multipart body breaks off.", e);
        }
    }
}
