using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Trainyard.EndToEnd.Harness;

/// <summary>A span, with its ids in lower-case hex; the parent's is empty for a root.</summary>
internal sealed record ReceivedSpan(string TraceId, string Name, string Service);

/// <summary>A collector of traces: OTLP over HTTP, protobuf.</summary>
internal sealed class TraceReceiver : IAsyncDisposable
{
    // Field numbers of ExportTraceServiceRequest and the messages in it.
    private const int ResourceSpans = 1;
    private const int Resource = 1;
    private const int ScopeSpans = 2;
    private const int Spans = 2;
    private const int TraceId = 1;
    private const int Name = 5;

    private readonly WebApplication _app;

    private TraceReceiver(WebApplication app) => _app = app;

    public ConcurrentQueue<ReceivedSpan> Received { get; } = new();

    /// <summary>Settings that send a process's traces here, without delay.</summary>
    public (string Name, string Value)[] Settings =>
        [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", _app.Urls.First()),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_BSP_SCHEDULE_DELAY", "100"),
        ];

    public static async Task<TraceReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new TraceReceiver(builder.Build());
        receiver._app.MapPost("/v1/traces", receiver.ReceiveAsync);
        await receiver._app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        foreach (var ofResource in new ProtobufMessage(body.ToArray()).Messages(ResourceSpans))
        {
            var service = ServiceName(ofResource);
            foreach (var span in ofResource.Messages(ScopeSpans).SelectMany(scope => scope.Messages(Spans)))
            {
                Received.Enqueue(
                    new ReceivedSpan(Convert.ToHexStringLower(span.Bytes(TraceId)), span.Text(Name), service)
                );
            }
        }
    }

    private static string ServiceName(ProtobufMessage ofResource)
    {
        const int Attributes = 1;
        const int Key = 1;
        const int Value = 2;
        const int StringValue = 1;
        var attributes = ofResource.Messages(Resource).SelectMany(resource => resource.Messages(Attributes));
        var name = attributes.Single(attribute => attribute.Text(Key) == "service.name");
        return name.Messages(Value).Single().Text(StringValue);
    }
}
