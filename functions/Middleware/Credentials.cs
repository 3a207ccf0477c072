using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Http;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Middleware;

/// <summary>Finds the credentials in a request.</summary>
internal static class Credentials
{
    private const string BasicScheme = "Basic ";
    private const string BearerScheme = "Bearer ";
    private const string UserInfoHeader = "X-Watson-Userinfo";
    private const int LongestText = 4096;
    private const string InstanceId = "bluemix-instance-id=";

    /// <summary>
    /// Candidates for a user's API key, likeliest first: Bearer; Basic's password with any user name, as the 2018
    /// clients send it; Basic's user name; and FfDL's instance id, all that its command line sends in some calls.
    /// </summary>
    public static IEnumerable<string> OfUser(HttpRequest request) =>
        All(request).Where(text => text.Length is > 0 and <= LongestText);

    private static IEnumerable<string> All(HttpRequest request)
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

    // The header holds key=value pairs, separated by semicolons.
    private static string? InstanceOf(HttpRequest request) =>
        request
            .Headers[UserInfoHeader]
            .ToString()
            .Split(';', StringSplitOptions.TrimEntries)
            .FirstOrDefault(pair => pair.StartsWith(InstanceId, StringComparison.OrdinalIgnoreCase))
            ?[InstanceId.Length..];
}
