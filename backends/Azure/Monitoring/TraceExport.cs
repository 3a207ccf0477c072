using Azure.Core;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Trainyard.Contracts.Runs;

namespace Trainyard.Backends.Azure.Monitoring;

/// <summary>
/// Sends the spans of runs to Application Insights. The host sends its own requests and logs there; all share the
/// trace id, so one id finds everything about a run.
/// </summary>
internal static class TraceExport
{
    /// <summary>The host's setting with the connection string; without it nothing is sent.</summary>
    public const string ConnectionSetting = "APPLICATIONINSIGHTS_CONNECTION_STRING";

    /// <summary>The host's setting that says whether the resource requires an identity.</summary>
    public const string AuthenticationSetting = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";

    public static void AddTraceExport(this IServiceCollection services, IConfiguration configuration)
    {
        if (configuration[ConnectionSetting] is not { Length: > 0 } connection)
        {
            return;
        }
        services
            .AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("trainyard"))
            .WithTracing(tracing => tracing.AddSource(RunTrace.SourceName).AddAzureMonitorTraceExporter());
        services
            .AddOptions<AzureMonitorExporterOptions>()
            .Configure<IServiceProvider>(
                (options, provider) =>
                {
                    options.ConnectionString = connection;
                    // A run has only about ten spans, and each may be needed to explain it, so all are kept.
                    options.SamplingRatio = 1;
                    options.TracesPerSecond = null;
                    options.EnableLiveMetrics = false;
                    // Spans that cannot be sent are dropped: the instance may have no disk to store them.
                    options.DisableOfflineStorage = true;
                    if (TakesIdentities(configuration))
                    {
                        options.Credential = provider.GetRequiredService<TokenCredential>();
                    }
                }
            );
    }

    private static bool TakesIdentities(IConfiguration configuration) =>
        configuration[AuthenticationSetting]?.Contains("Authorization=AAD", StringComparison.OrdinalIgnoreCase) is true;
}
