using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Trainyard.Telemetry;

/// <summary>Ties tracing to the lifetime of a host.</summary>
public static class TracingRegistration
{
    /// <summary>Exports spans while the host runs, if an endpoint is set.</summary>
    public static IServiceCollection AddTracing(this IServiceCollection services, string serviceName) =>
        services.AddSingleton<IHostedService>(_ => new TracingService(serviceName));

    private sealed class TracingService(string serviceName) : IHostedService
    {
        private IDisposable? _tracing;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            _tracing = Tracing.StartIfConfigured(serviceName);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            _tracing?.Dispose();
            return Task.CompletedTask;
        }
    }
}
