using Azure.Core;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Trainyard.Contracts.Runs;

namespace Trainyard.Backends.Azure.Monitoring;

/// <summary>
/// Sends the spans of runs to Application Insights. The host sends its requests and logs there by itself; they share the trace
/// ids, so that a run's whole way is found by one.
/// </summary>
internal static class TraceExport
{
    /// <summary>The host's own setting; without it nothing is sent.</summary>
    public const string ConnectionSetting = "APPLICATIONINSIGHTS_CONNECTION_STRING";

    /// <summary>The host's own setting: says whether the resource takes identities only.</summary>
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
                    // A run is some ten spans, and one that is missing is the one that is looked for.
                    options.SamplingRatio = 1;
                    options.TracesPerSecond = null;
                    options.EnableLiveMetrics = false;
                    // What cannot be sent is not worth a disk that the instance may not have.
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
