using Microsoft.AspNetCore.Http;

namespace Trainyard.Functions.Web;

/// <summary>Reads bodies that the service parses itself, such as manifests.</summary>
internal static class BoundedBody
{
    /// <exception cref="BadHttpRequestException">The body is too long.</exception>
    public static async Task<byte[]> ReadAsync(HttpRequest request, int longest, CancellationToken cancellationToken)
    {
        var buffer = new byte[longest + 1];
        var read = await request.Body.ReadAtLeastAsync(
            buffer,
            buffer.Length,
            throwOnEndOfStream: false,
            cancellationToken
        );
        return read <= longest
            ? buffer[..read]
            : throw new BadHttpRequestException(
                $"The body is longer than {longest} bytes.",
                StatusCodes.Status413PayloadTooLarge
            );
    }
}
