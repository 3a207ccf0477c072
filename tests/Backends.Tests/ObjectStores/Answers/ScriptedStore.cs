using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Trainyard.Backends.Tests.ObjectStores.Answers;

/// <summary>A server of HTTP that answers what a test wants: for what no well-behaved store says.</summary>
internal sealed class ScriptedStore : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ScriptedStore(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    public int Port => Address.Port;

    /// <summary>Method, path and query of each request.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    public static async Task<ScriptedStore> StartAsync(RequestDelegate answer, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(
                IPAddress.Loopback,
                0,
                listen =>
                {
                    if (certificate is not null)
                    {
                        listen.UseHttps(certificate);
                    }
                }
            )
        );
        var built = builder.Build();
        var server = new ScriptedStore(built);
        built.Run(context =>
        {
            server.Requests.Enqueue($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}");
            return answer(context);
        });
        await built.StartAsync();
        return server;
    }

    /// <summary>Refuses with an error as S3 writes it.</summary>
    public static Task<ScriptedStore> RefusingAsync(int status, string code, params (string, string)[] headers) =>
        StartAsync(context => RefuseAsync(context, status, code, headers));

    public static Task RefuseAsync(HttpContext context, int status, string code, params (string, string)[] headers)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        foreach (var (name, value) in headers)
        {
            context.Response.Headers[name] = value;
        }
        return context.Response.WriteAsync(
            $"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>said at length</Message><RequestId>REQ-1</RequestId></Error>"
        );
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
