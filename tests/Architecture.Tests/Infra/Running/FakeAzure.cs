using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Trainyard.Architecture.Tests.Infra.Running;

/// <summary>What a node sees of Azure and of the service: metadata, a blob, a secret, the leases' route.</summary>
internal sealed class FakeAzure : IAsyncDisposable
{
    public const string Machine = "pool_3";
    private readonly WebApplication _app;
    private readonly TaskCompletionSource<string> _approved = new();

    private FakeAzure(WebApplication app)
    {
        _app = app;
        app.MapGet("/metadata/identity/oauth2/token", (HttpRequest request) => Metadata(request, Token(request)));
        app.MapGet(
            "/metadata/instance/compute/name",
            (HttpRequest request) => Metadata(request, Results.Text(Machine))
        );
        app.MapGet("/metadata/scheduledevents", (HttpRequest request) => Metadata(request, Results.Text(Events())));
        app.MapPost("/metadata/scheduledevents", ApproveAsync);
        app.MapGet("/agent.tar.gz", (HttpRequest request) => Guarded(request, "https://storage.azure.com/", Blob()));
        app.MapGet("/secret", (HttpRequest request) => Guarded(request, "https://vault.azure.net", Secret()));
        app.MapPost("/agents/v1/leases", LeaseAsync);
    }

    public string Address => _app.Urls.First();

    public byte[] Archive { get; set; } = [];

    public string PoolKey { get; set; } = "the-pool-key";

    /// <summary>What the next questions for events see, one each; what comes after them is <see cref="EventsAfterwards"/>.</summary>
    public ConcurrentQueue<string> EventsInTurn { get; } = new();

    public string EventsAfterwards { get; set; } = """{"Events":[]}""";

    public ConcurrentQueue<string> Downloads { get; } = new();

    public ConcurrentQueue<(string? Authorization, JsonNode Body)> Leases { get; } = new();

    /// <summary>Ends with the id of the event that was approved.</summary>
    public Task<string> Approved => _approved.Task;

    public static async Task<FakeAzure> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var azure = new FakeAzure(builder.Build());
        azure._app.Urls.Add("http://127.0.0.1:0");
        await azure._app.StartAsync();
        return azure;
    }

    public static string Event(string type, string machine = Machine, double seconds = 30) =>
        new JsonObject
        {
            ["Events"] = new JsonArray(
                new JsonObject
                {
                    ["EventId"] = "event-1",
                    ["EventType"] = type,
                    ["ResourceType"] = "VirtualMachine",
                    ["Resources"] = new JsonArray("pool_1", machine),
                    ["EventStatus"] = "Scheduled",
                    ["NotBefore"] = DateTimeOffset
                        .UtcNow.AddSeconds(seconds)
                        .ToString("R", CultureInfo.InvariantCulture),
                }
            ),
        }.ToJsonString();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static IResult Metadata(HttpRequest request, IResult result) =>
        request.Headers["Metadata"] == "true" ? result : Results.BadRequest();

    private static IResult Token(HttpRequest request) =>
        Results.Json(new { access_token = $"{request.Query["client_id"]} for {request.Query["resource"]}" });

    private static IResult Guarded(HttpRequest request, string resource, IResult result) =>
        request.Headers.Authorization == $"Bearer the-identity for {resource}" ? result : Results.Unauthorized();

    private IResult Blob()
    {
        Downloads.Enqueue("agent.tar.gz");
        return Results.Bytes(Archive);
    }

    private IResult Secret() => Results.Json(new { value = PoolKey });

    private string Events() => EventsInTurn.TryDequeue(out var next) ? next : EventsAfterwards;

    private async Task<IResult> ApproveAsync(HttpRequest request)
    {
        var body = await JsonNode.ParseAsync(request.Body);
        _approved.TrySetResult((string?)body!["StartRequests"]![0]!["EventId"] ?? "");
        return Results.Ok();
    }

    private async Task<IResult> LeaseAsync(HttpRequest request)
    {
        Leases.Enqueue((request.Headers.Authorization, (await JsonNode.ParseAsync(request.Body))!));
        return Results.NoContent();
    }
}
