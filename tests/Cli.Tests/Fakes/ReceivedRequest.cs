using Microsoft.AspNetCore.Http;

namespace Trainyard.Cli.Tests.Fakes;

/// <summary>A request as it came in.</summary>
internal sealed record ReceivedRequest(
    string Line,
    IReadOnlyDictionary<string, string> Headers,
    byte[] Body,
    IReadOnlyList<ReceivedPart> Parts
)
{
    public string Text => System.Text.Encoding.UTF8.GetString(Body);

    public static async Task<ReceivedRequest> ReadAsync(HttpRequest request)
    {
        request.EnableBuffering();
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        request.Body.Position = 0;
        return new ReceivedRequest(
            $"{request.Method} {request.Path}{request.QueryString}",
            request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body.ToArray(),
            request.HasFormContentType ? await PartsAsync(request) : []
        );
    }

    private static async Task<IReadOnlyList<ReceivedPart>> PartsAsync(HttpRequest request)
    {
        var parts = new List<ReceivedPart>();
        foreach (var file in (await request.ReadFormAsync()).Files)
        {
            using var bytes = new MemoryStream();
            await file.CopyToAsync(bytes);
            parts.Add(new ReceivedPart(file.Name, file.ContentType, bytes.ToArray()));
        }
        return parts;
    }
}

internal sealed record ReceivedPart(string Name, string ContentType, byte[] Bytes)
{
    public string Text => System.Text.Encoding.UTF8.GetString(Bytes);
}
