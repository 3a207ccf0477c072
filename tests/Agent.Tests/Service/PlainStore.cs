using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Trainyard.Agent.Tests.Service;

/// <summary>A store elsewhere that gives one object to whoever knows its address.</summary>
internal sealed class PlainStore : IAsyncDisposable
{
    private readonly WebApplication app;

    private PlainStore(WebApplication app) => this.app = app;

    public string Url => app.Urls.First() + "/bucket/object?signature=x";

    public ConcurrentQueue<string> Authorizations { get; } = new();

    public static async Task<PlainStore> StartAsync(byte[] content)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var store = new PlainStore(builder.Build());
        store.app.MapGet(
            "/bucket/object",
            async context =>
            {
                store.Authorizations.Enqueue(context.Request.Headers.Authorization.ToString());
                await context.Response.Body.WriteAsync(content);
            }
        );
        await store.app.StartAsync();
        return store;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
