using Microsoft.AspNetCore.Http;

namespace Trainyard.Functions.Web;

/// <summary>Addresses that a client calls as they stand: with the scheme and the host that it used itself, also behind a proxy.</summary>
internal static class ServiceAddress
{
    private const int LongestHost = 255;

    /// <param name="request">The request that is answered.</param>
    /// <param name="path">A path below the service's address, without a slash before it.</param>
    public static string Of(HttpRequest request, string path)
    {
        var scheme = SchemeOf(request);
        return $"{scheme}://{HostOf(request, scheme)}/{path}";
    }

    /// <summary>The host, and the port where it is not the usual one, that the client used.</summary>
    public static string HostOf(HttpRequest request) => HostOf(request, SchemeOf(request));

    private static string HostOf(HttpRequest request, string scheme)
    {
        var host = FirstOf(request, "X-Forwarded-Host");
        var port = FirstOf(request, "X-Forwarded-Port");
        return !IsHost(host) ? request.Host.ToString()
            : host.Contains(':') || !IsOther(port, scheme) ? host
            : $"{host}:{port}";
    }

    private static string SchemeOf(HttpRequest request) =>
        FirstOf(request, "X-Forwarded-Proto") is var said && said is "https" or "http" ? said : request.Scheme;

    // Each proxy on the way adds its own at the end: the first is what the client said.
    private static string FirstOf(HttpRequest request, string header) =>
        request.Headers[header].ToString().Split(',')[0].Trim();

    private static bool IsHost(string text) =>
        text.Length is > 0 and <= LongestHost
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or ':' or '[' or ']' or '_');

    private static bool IsOther(string port, string scheme) =>
        ushort.TryParse(port, out var number) && number != (scheme == "https" ? 443 : 80);
}
