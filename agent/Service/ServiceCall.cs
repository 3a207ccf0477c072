using System.Net.Http.Headers;
using System.Text.Json;
using Trainyard.Contracts;

namespace Trainyard.Agent.Service;

/// <summary>A request that can be sent more than once.</summary>
internal sealed record ServiceCall(HttpMethod Method, string Path, string Token)
{
    private static readonly IReadOnlyDictionary<string, string> NoHeaders = new Dictionary<string, string>();

    /// <summary>Creates a new body for every try.</summary>
    public Func<HttpContent>? Content { get; init; }

    public RangeHeaderValue? Range { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = NoHeaders;

    /// <summary>
    /// The W3C trace context, which links the service's logs of this call to the trace of the submit.
    /// </summary>
    public string? TraceParent { get; init; }

    /// <summary>The time limit until the answer's headers arrive.</summary>
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
