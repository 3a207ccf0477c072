using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Trainyard.Contracts;

namespace Trainyard.Functions.Web;

/// <summary>Writes JSON answers and reads JSON bodies, with the JSON options of all interfaces.</summary>
internal static class Answers
{
    private const int LongestOptional = 64 * 1024;
    private const int Longest = 1024 * 1024;
    private const int PieceBytes = 16 * 1024;

    public static IResult Json<T>(T value, int status = StatusCodes.Status200OK) =>
        Results.Json(value, WireJson.Options, statusCode: status);

    /// <summary>
    /// Reads the body as JSON, whatever media type its header claims. Throws <see cref="JsonException"/> when it is not
    /// a <typeparamref name="T"/>.
    /// </summary>
    /// <exception cref="BadHttpRequestException">The body is too long.</exception>
    public static Task<T> ReadAsync<T>(HttpRequest request, CancellationToken cancellationToken) =>
        ReadAsync<T>(request, Longest, cancellationToken);

    /// <inheritdoc cref="ReadAsync{T}(HttpRequest, CancellationToken)" />
    public static async Task<T> ReadAsync<T>(HttpRequest request, int longest, CancellationToken cancellationToken)
    {
        using var body = await ReadBodyAsync(request, longest, cancellationToken);
        return JsonSerializer.Deserialize<T>(body, WireJson.Options) ?? throw new JsonException("The body is empty.");
    }

    /// <summary>
    /// Reads an optional body; null when it is empty, with Content-Length and with chunks. Throws a
    /// <see cref="JsonException"/> when it is too long.
    /// </summary>
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
        {
            return null;
        }
        return read > LongestOptional
            ? throw new JsonException("The body is too long.")
            : JsonSerializer.Deserialize<T>(bytes.AsSpan(0, read), WireJson.Options)
                ?? throw new JsonException("The body is empty.");
    }

    // A body without Content-Length is read only up to the limit.
    private static async Task<MemoryStream> ReadBodyAsync(
        HttpRequest request,
        int longest,
        CancellationToken cancellationToken
    )
    {
        var body = new MemoryStream();
        var piece = new byte[PieceBytes];
        var isTooLong = request.ContentLength > longest;
        while (!isTooLong && await request.Body.ReadAsync(piece, cancellationToken) is var read and > 0)
        {
            body.Write(piece, 0, read);
            isTooLong = body.Length > longest;
        }
        body.Position = 0;
        return isTooLong
            ? throw new BadHttpRequestException(
                $"The body is longer than the {longest} bytes that this route takes.",
                StatusCodes.Status413PayloadTooLarge
            )
            : body;
    }
}
