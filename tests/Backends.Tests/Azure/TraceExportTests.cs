using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Trainyard.Backends.Azure.Monitoring;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Tests.OnAzure;

/// <summary>What arrives in Application Insights, at a stand-in for its ingestion.</summary>
public sealed class TraceExportTests : IAsyncLifetime
{
    private const string Submit = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static readonly TimeSpan Arrives = TimeSpan.FromSeconds(20);

    private readonly ConcurrentQueue<JsonElement> _items = new();
    private WebApplication _ingestion = null!;

    public async Task InitializeAsync()
    {
        // The exporter counts its own use for its makers unless it is told not to.
        Environment.SetEnvironmentVariable("APPLICATIONINSIGHTS_STATSBEAT_DISABLED", "true");
        Environment.SetEnvironmentVariable("APPLICATIONINSIGHTS_SDKSTATS_DISABLED", "true");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _ingestion = builder.Build();
        _ingestion.MapPost("/v2.1/track", TakeAsync);
        await _ingestion.StartAsync();
    }

    public Task DisposeAsync() => _ingestion.DisposeAsync().AsTask();

    [Fact]
    public async Task The_spans_of_a_run_arrive_under_the_trace_of_its_submit()
    {
        using var host = Build(
            new()
            {
                [TraceExport.ConnectionSetting] =
                    $"InstrumentationKey={Guid.NewGuid()};IngestionEndpoint={_ingestion.Urls.First()}/",
            }
        );
        await host.StartAsync();

        var run = SampleRuns.New() with { TraceParent = Submit, Attempt = 2 };
        run.StartSpan("StoreUnit")!.Dispose();
        run.RecordSpan(RunTrace.Attempt, run.SubmittedAt, run.SubmittedAt.AddMinutes(1));
        await host.StopAsync();

        await Eventually.Be("two spans arrive", () => Spans().Count >= 2, Arrives, () => string.Join('\n', _items));
        Assert.Equal(["Attempt", "StoreUnit"], Spans().Select(Name).Order(StringComparer.Ordinal));
        Assert.All(Spans(), item => Assert.Equal(Submit[3..35], Tag(item, "ai.operation.id")));
        Assert.All(Spans(), item => Assert.Equal("trainyard", Tag(item, "ai.cloud.role")));
    }

    [Fact]
    public async Task Nothing_is_sent_where_nobody_asked_for_it()
    {
        using var host = Build([]);
        await host.StartAsync();

        Assert.Null(host.Services.GetService<OpenTelemetry.Trace.TracerProvider>());
        await host.StopAsync();
    }

    private async Task TakeAsync(HttpContext context)
    {
        await using var body =
            context.Request.Headers.ContentEncoding == "gzip"
                ? new GZipStream(context.Request.Body, CompressionMode.Decompress)
                : context.Request.Body;
        using var reader = new StreamReader(body);
        var taken = 0;
        while (await reader.ReadLineAsync() is { } line)
        {
            _items.Enqueue(JsonSerializer.Deserialize<JsonElement>(line));
            taken++;
        }
        await context.Response.WriteAsJsonAsync(
            new
            {
                itemsReceived = taken,
                itemsAccepted = taken,
                errors = Array.Empty<object>(),
            }
        );
    }

    // The exporter also counts what it has sent.
    private List<JsonElement> Spans() =>
        [.. _items.Where(item => item.GetProperty("data").GetProperty("baseType").GetString() != "MetricData")];

    private static string Name(JsonElement item) =>
        item.GetProperty("data").GetProperty("baseData").GetProperty("name").GetString()!;

    private static string Tag(JsonElement item, string tag) => item.GetProperty("tags").GetProperty(tag).GetString()!;

    private static IHost Build(Dictionary<string, string?> settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddTraceExport(builder.Configuration);
        return builder.Build();
    }
}
