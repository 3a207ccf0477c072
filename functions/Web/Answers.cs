using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Trainyard.Contracts;

namespace Trainyard.Functions.Web;

/// <summary>Good answers, and reading bodies, in the one JSON of every wire.</summary>
internal static class Answers
{
    private const int LongestOptional = 64 * 1024;

    public static IResult Json<T>(T value, int status = StatusCodes.Status200OK) =>
        Results.Json(value, WireJson.Options, statusCode: status);

    /// <summary>
    /// The body, whatever type its header claims; throws <see cref="JsonException"/> when it is not one of these.
    /// </summary>
    public static async Task<T> ReadAsync<T>(HttpRequest request, CancellationToken cancellationToken) =>
        await JsonSerializer.DeserializeAsync<T>(request.Body, WireJson.Options, cancellationToken)
        ?? throw new JsonException("The body is empty.");

    /// <summary>The same where a route takes no body too; null when there is none, however its length is told.</summary>
    public static async Task<T?> ReadOptionalAsync<T>(HttpRequest request, CancellationToken cancellationToken)
        where T : class
    {
        var bytes = new byte[LongestOptional + 1];
        var read = await request.Body.ReadAtLeastAsync(
            bytes,
            bytes.Length,
            throwOnEndOfStream: false,
            cancellationToken
        );
        if (read == 0)
            return null;
        return read > LongestOptional
            ? throw new JsonException("The body is too long.")
            : JsonSerializer.Deserialize<T>(bytes.AsSpan(0, read), WireJson.Options)
                ?? throw new JsonException("The body is empty.");
    }
}
