using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Startup;

/// <summary>Answers an attempt's calls without a network.</summary>
internal sealed class WarmUpService(byte[] archive) : HttpMessageHandler
{
    private static readonly byte[] Data = [1];
    private readonly ConcurrentDictionary<string, long> _appended = new();

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        var route = request.RequestUri!.AbsolutePath.Split('/')[^1];
        if (request.RequestUri.Query.StartsWith("?offset=", StringComparison.Ordinal))
        {
            var length = _appended.AddOrUpdate(route, body.Length, (_, before) => before + body.Length);
            return Json(new AppendAnswer { Written = true, Length = length });
        }
        return route switch
        {
            AgentRoutes.Archive => Bytes(archive),
            AgentRoutes.Data => Json(Page()),
            "content" => Bytes(Data),
            AgentRoutes.Uploads => Json(new UploadTarget { Url = AgentRoutes.Staging }),
            _ => new HttpResponseMessage(HttpStatusCode.NoContent),
        };
    }

    private static DataPage Page() =>
        new()
        {
            Objects =
            [
                new DataObject
                {
                    Key = "folder/object",
                    Bytes = Data.Length,
                    Url = AgentRoutes.DataContent,
                },
            ],
        };

    private static HttpResponseMessage Json<T>(T body) =>
        Bytes(JsonSerializer.SerializeToUtf8Bytes(body, WireJson.Options));

    private static HttpResponseMessage Bytes(byte[] body) => new() { Content = new ByteArrayContent(body) };
}
