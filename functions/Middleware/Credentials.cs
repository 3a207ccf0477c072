using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Http;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Middleware;

/// <summary>Where a request carries what opens the service.</summary>
internal static class Credentials
{
    private const string BasicScheme = "Basic ";
    private const string BearerScheme = "Bearer ";
    private const string UserInfoHeader = "X-Watson-Userinfo";
    private const string InstanceId = "bluemix-instance-id=";

    /// <summary>
    /// What may be a user's API key, likeliest first: Bearer; Basic's password, whatever the user name, as the 2018 clients
    /// send it; Basic's user name; and FfDL's instance id, which for some calls is all that its command line sends.
    /// </summary>
    public static IEnumerable<string> OfUser(HttpRequest request)
    {
        if (BearerOf(request) is { } token)
        {
            yield return token;
        }
        if (BasicOf(request) is { } basic)
        {
            yield return basic.Password;
            yield return basic.UserName;
        }
        if (request.Path.StartsWithSegments("/" + Routes.Ffdl) && InstanceOf(request) is { } instance)
        {
            yield return instance;
        }
    }

    /// <summary>A node's key or lease token: Bearer, or the password of Basic.</summary>
    public static string? OfNode(HttpRequest request) => BearerOf(request) ?? BasicOf(request)?.Password;

    private static string? BearerOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(BearerScheme, StringComparison.OrdinalIgnoreCase)
            ? header[BearerScheme.Length..].Trim()
            : null;
    }

    private static (string UserName, string Password)? BasicOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith(BasicScheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }
        var encoded = header.AsSpan(BasicScheme.Length).Trim();
        if (!Base64.IsValid(encoded))
        {
            return null;
        }
        var pair = Encoding.UTF8.GetString(Convert.FromBase64String(encoded.ToString())).Split(':', 2);
        return pair.Length == 2 ? (pair[0], pair[1]) : null;
    }

    // Pairs of a key and a value, with semicolons between them.
    private static string? InstanceOf(HttpRequest request) =>
        request
            .Headers[UserInfoHeader]
            .ToString()
            .Split(';', StringSplitOptions.TrimEntries)
            .FirstOrDefault(pair => pair.StartsWith(InstanceId, StringComparison.OrdinalIgnoreCase))
            ?[InstanceId.Length..];
}
