using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Trainyard.Contracts;

namespace Trainyard.Functions.Web;

/// <summary>Paging of lists: the size of a page, and the address of the next one.</summary>
internal static class Paging
{
    private const int DefaultSize = 100;
    private const int MaxSize = 1000;

    public static IResult InvalidLimit =>
        Problems.Of(StatusCodes.Status400BadRequest, "invalid_limit", $"limit is a whole number from 1 to {MaxSize}.");

    public static bool TryReadLimit(HttpRequest request, out int limit)
    {
        limit = DefaultSize;
        var text = request.Query["limit"].ToString();
        return text.Length == 0 || (int.TryParse(text, out limit) && limit is >= 1 and <= MaxSize);
    }

    /// <summary>
    /// A page. Clients with a login token read the next address as an object, scripts with a key as a path.
    /// </summary>
    public static IResult Page<T>(
        HttpRequest request,
        IReadOnlyList<T> resources,
        string path,
        int limit,
        string? continuation
    )
    {
        var next = continuation is null
            ? null
            : $"{path}?limit={limit}&continuation={Uri.EscapeDataString(continuation)}";
        JsonElement? link =
            next is null ? null
            : Caller.Of<UserCaller>(request).HasToken
                ? JsonSerializer.SerializeToElement(new { Url = ServiceAddress.Of(request, next) }, WireJson.Options)
            : JsonSerializer.SerializeToElement($"/{next}", WireJson.Options);
        return Answers.Json(new ResourcePage<T> { Resources = resources, Next = link });
    }
}
