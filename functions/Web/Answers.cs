using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Trainyard.Contracts;

namespace Trainyard.Functions.Web;

/// <summary>Good answers, and reading bodies, in the one JSON of every wire.</summary>
internal static class Answers
{
    public static IResult Json<T>(T value, int status = StatusCodes.Status200OK) =>
        Results.Json(value, WireJson.Options, statusCode: status);

    /// <summary>
    /// The body, whatever type its header claims; throws <see cref="JsonException"/> when it is not one of these.
    /// </summary>
    public static async Task<T> ReadAsync<T>(HttpRequest request, CancellationToken cancellationToken) =>
        await JsonSerializer.DeserializeAsync<T>(request.Body, WireJson.Options, cancellationToken)
        ?? throw new JsonException("The body is empty.");
}
