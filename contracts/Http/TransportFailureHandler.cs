using System.Net.Sockets;

namespace Trainyard.Contracts.Http;

/// <summary>
/// Makes an <see cref="HttpRequestException"/> of a socket's own. .NET asks a new connection for its other end, and where that
/// was reset meanwhile, lets the answer through as it is; to callers it is one more connection that failed.
/// </summary>
public sealed class TransportFailureHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (SocketException e)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, e.Message, e);
        }
    }
}
