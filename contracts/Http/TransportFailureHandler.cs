using System.Net.Sockets;

namespace Trainyard.Contracts.Http;

/// <summary>
/// Turns socket exceptions into <see cref="HttpRequestException"/>. .NET asks a new connection for its remote address,
/// and throws the bare socket exception if the connection was reset meanwhile; callers should see it as a failed
/// connection.
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
