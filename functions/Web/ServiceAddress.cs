using Microsoft.AspNetCore.Http;

namespace Trainyard.Functions.Web;

/// <summary>Builds absolute addresses with the scheme and host that the client used, also behind a proxy.</summary>
internal static class ServiceAddress
{
    private const int LongestHost = 255;

    /// <param name="request">The request that is answered.</param>
    /// <param name="path">The path below the service's address, without a leading slash.</param>
    public static string Of(HttpRequest request, string path)
    {
        var scheme = SchemeOf(request);
        return $"{scheme}://{HostOf(request, scheme)}/{path}";
    }

    /// <summary>The host that the client used, with the port if it is not the scheme's default.</summary>
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

    // Each proxy appends its own value, so the first one is the client's.
    private static string FirstOf(HttpRequest request, string header) =>
        request.Headers[header].ToString().Split(',')[0].Trim();

    private static bool IsHost(string text) =>
        text.Length is > 0 and <= LongestHost
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or ':' or '[' or ']' or '_');

    private static bool IsOther(string port, string scheme) =>
        ushort.TryParse(port, out var number) && number != (scheme == "https" ? 443 : 80);
}
