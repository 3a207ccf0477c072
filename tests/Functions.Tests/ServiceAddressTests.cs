using Microsoft.AspNetCore.Http;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Tests;

public sealed class ServiceAddressTests
{
    [Theory]
    [InlineData("", "", "", "http://127.0.0.1:7071/v3")]
    [InlineData("https", "ml.example.org", "", "https://ml.example.org/v3")]
    [InlineData("https", "ml.example.org", "443", "https://ml.example.org/v3")]
    [InlineData("https", "ml.example.org", "8443", "https://ml.example.org:8443/v3")]
    [InlineData("https", "ml.example.org:9", "8443", "https://ml.example.org:9/v3")]
    [InlineData("https, http", "ml.example.org, inner", "", "https://ml.example.org/v3")]
    [InlineData("https", "", "", "https://127.0.0.1:7071/v3")]
    [InlineData("javascript", "a/b\"c", "x", "http://127.0.0.1:7071/v3")]
    [InlineData("", "[::1]:8080", "", "http://[::1]:8080/v3")]
    public void It_is_the_one_that_the_client_used(string proto, string host, string port, string expected)
    {
        var request = new DefaultHttpContext().Request;
        request.Scheme = "http";
        request.Host = new HostString("127.0.0.1", 7071);
        request.Headers["X-Forwarded-Proto"] = proto;
        request.Headers["X-Forwarded-Host"] = host;
        request.Headers["X-Forwarded-Port"] = port;

        Assert.Equal(expected, ServiceAddress.Of(request, "v3"));
    }
}
