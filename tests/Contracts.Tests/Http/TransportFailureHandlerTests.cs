using System.Net.Sockets;
using Trainyard.Contracts.Http;

namespace Trainyard.Contracts.Tests.Http;

public sealed class TransportFailureHandlerTests
{
    [Fact]
    public async Task A_socket_s_own_failure_is_one_of_the_request()
    {
        using var http = Client(new SocketException((int)SocketError.NotConnected));

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(new Uri("http://service/")));

        Assert.Equal(HttpRequestError.ConnectionError, failure.HttpRequestError);
        Assert.IsType<SocketException>(failure.InnerException);
    }

    [Fact]
    public async Task Every_other_failure_stays_as_it_is()
    {
        var own = new IOException("of the body");
        using var http = Client(own);

        Assert.Same(own, await Assert.ThrowsAsync<IOException>(() => http.GetAsync(new Uri("http://service/"))));
    }

    private static HttpClient Client(Exception failure) => new(new TransportFailureHandler(new Failing(failure)));

    private sealed class Failing(Exception failure) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        ) => Task.FromException<HttpResponseMessage>(failure);
    }
}
