using System.Net.Http.Headers;
using System.Text.Json;
using Trainyard.Contracts;

namespace Trainyard.Agent.Service;

/// <summary>A request that can be sent more than once.</summary>
internal sealed record ServiceCall(HttpMethod Method, string Path, string Token)
{
    private static readonly IReadOnlyDictionary<string, string> NoHeaders = new Dictionary<string, string>();

    /// <summary>Creates the body for each try.</summary>
    public Func<HttpContent>? Content { get; init; }

    public RangeHeaderValue? Range { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = NoHeaders;

    /// <summary>W3C trace context, so that what the service logs for this call belongs to the submit's trace.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The time limit until the headers of the answer arrive.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    public static ServiceCall PostJson<T>(string path, string token, T body) =>
        new(HttpMethod.Post, path, token)
        {
            Content = () =>
            {
                var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, WireJson.Options));
                content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                return content;
            },
        };
}
