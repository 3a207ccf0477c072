using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Trainyard.Contracts;

namespace Trainyard.Cli.Tests.Fakes;

/// <summary>A service that answers over real HTTP what a test tells it to.</summary>
internal sealed class FakeService : IAsyncDisposable
{
    public const string User = "alice";
    public const string Key = "key-of-alice";

    private readonly WebApplication _app;
    private int _opened;

    private FakeService(WebApplication app) => _app = app;

    public string Url =>
        _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public ConcurrentQueue<ReceivedRequest> Received { get; } = new();

    /// <summary>What is answered, by method and path; the path includes the query.</summary>
    public Dictionary<string, Func<HttpContext, Task>> Answers { get; } = [];

    /// <summary>False for a service that answers without reading what it is sent.</summary>
    public bool ReadsBodies { get; set; } = true;

    /// <summary>What each connection to an event stream is sent, in the order of the connections.</summary>
    public List<EventScript> Streams { get; } = [];

    public static async Task<FakeService> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var service = new FakeService(builder.Build());
        service._app.Run(service.AnswerAsync);
        await service._app.StartAsync();
        return service;
    }

    public FakeService Answer(string request, object body, int status = StatusCodes.Status200OK)
    {
        Answers[request] = context =>
        {
            context.Response.StatusCode = status;
            var type = body is Problem ? Problem.MediaType : "application/json";
            return context.Response.WriteAsJsonAsync(body, body.GetType(), WireJson.Options, type);
        };
        return this;
    }

    public FakeService AnswerNothing(string request, int status = StatusCodes.Status204NoContent)
    {
        Answers[request] = context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        };
        return this;
    }

    public FakeService Refuse(string request, int status, string code, string title, string? detail = null) =>
        Answer(
            request,
            new Problem
            {
                Title = title,
                Status = status,
                Code = code,
                Detail = detail,
            },
            status
        );

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        if (ReadsBodies)
        {
            Received.Enqueue(await ReceivedRequest.ReadAsync(context.Request));
        }
        var path = $"{context.Request.Method} {context.Request.Path}";
        var isStream = context.Request.Path.Value!.EndsWith("/logs") || context.Request.Path.Value.EndsWith("/metrics");
        if (isStream && !Answers.ContainsKey(path))
        {
            await Streams[Interlocked.Increment(ref _opened) - 1].SendAsync(context);
        }
        else if (
            Answers.TryGetValue(path + context.Request.QueryString, out var answer)
            || Answers.TryGetValue(path, out answer)
        )
        {
            await answer(context);
        }
        else
        {
            throw new InvalidOperationException($"No answer was prepared for '{path}{context.Request.QueryString}'.");
        }
    }
}
