using System.Runtime.CompilerServices;
using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Trainyard.Contracts.Runs;

namespace Trainyard.Telemetry;

/// <summary>Exports this process's spans over OTLP. Settings are OpenTelemetry's own environment variables (<c>OTEL_…</c>).</summary>
public static class Tracing
{
    private const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>
    /// Starts the export when an endpoint is set. Dispose of it at the end: that sends what is left. Null, and nothing of
    /// OpenTelemetry loaded, when there is none.
    /// </summary>
    public static IDisposable? StartIfConfigured(string serviceName) =>
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable(EndpointVariable)) ? null : Start(serviceName);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TracerProvider Start(string serviceName) =>
        Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(resource => resource.AddService(serviceName))
            .AddSource(RunTrace.SourceName, "Microsoft.AspNetCore", "System.Net.Http")
            .AddOtlpExporter()
            .Build();
}
