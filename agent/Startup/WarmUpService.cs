using System.Net;
using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Startup;

/// <summary>Answers an attempt's calls without a network.</summary>
internal sealed class WarmUpService(byte[] archive) : HttpMessageHandler
{
    private static readonly byte[] Data = [1];
    private long _logged;

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        return request.RequestUri!.AbsolutePath.Split('/')[^1] switch
        {
            AgentRoutes.Archive => Bytes(archive),
            AgentRoutes.Data => Json(Page()),
            "content" => Bytes(Data),
            AgentRoutes.Log => Json(new AppendAnswer { Written = true, Length = _logged += body.Length }),
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
