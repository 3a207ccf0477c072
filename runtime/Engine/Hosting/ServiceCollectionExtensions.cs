using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Trainyard.Runtime.Engine.Client;
using Trainyard.Runtime.Engine.Instances;
using Trainyard.Runtime.Engine.Storage;

namespace Trainyard.Runtime.Engine;

/// <summary>Adds the durable engine to a host.</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>
    /// Adds the engine as a hosted service, and the <see cref="DurableTaskClient"/> to it. Every activity runs in a
    /// service scope of its own. Register the services that use the client at start-up after this.
    /// </summary>
    public static IServiceCollection AddDurableEngine(
        this IServiceCollection services,
        DurableTaskRegistry registry,
        DurableEngineOptions options
    )
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(TimeProvider.System);
        services.AddLogging();
        services.AddSingleton(provider => new DurableEngineService(
            registry,
            options,
            provider,
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<IHostApplicationLifetime>(),
            provider.GetService<ICommitObserver>()
        ));
        services.AddHostedService(provider => provider.GetRequiredService<DurableEngineService>());
        services.AddSingleton<DurableTaskClient>(provider => new EngineClient(
            provider.GetRequiredService<DurableEngineService>()
        ));
        return services;
    }

    /// <inheritdoc cref="AddDurableEngine(IServiceCollection, DurableTaskRegistry, DurableEngineOptions)"/>
    public static IServiceCollection AddDurableEngine(
        this IServiceCollection services,
        Action<DurableTaskRegistry> register,
        DurableEngineOptions options
    )
    {
        ArgumentNullException.ThrowIfNull(register);
        var registry = new DurableTaskRegistry();
        register(registry);
        return services.AddDurableEngine(registry, options);
    }
}
