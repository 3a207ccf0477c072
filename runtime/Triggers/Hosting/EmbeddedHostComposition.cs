using Microsoft.AspNetCore.Builder;
using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Trainyard.Runtime.Triggers.Blobs;
using Trainyard.Runtime.Triggers.Discovery;
using Trainyard.Runtime.Triggers.Durable;
using Trainyard.Runtime.Triggers.Http;
using Trainyard.Runtime.Triggers.Invocation;
using Trainyard.Runtime.Triggers.Listeners;
using Trainyard.Runtime.Triggers.Settings;
using Trainyard.Runtime.Triggers.State;
using Trainyard.Runtime.Triggers.Timers;

namespace Trainyard.Runtime.Triggers.Hosting;

/// <summary>Connects the functions found to their triggers.</summary>
internal static class EmbeddedHostComposition
{
    public static EmbeddedHost Build(
        WebApplicationBuilder web,
        EmbeddedHostSettings settings,
        HostFolder folder,
        HostJson hostJson,
        FunctionPipeline pipeline,
        DurableTaskRegistry registry
    )
    {
        var catalog = new FunctionCatalog(FunctionScanner.Scan(settings.FunctionTypes()));
        var services = web.Services;
        services.AddSingleton(settings);
        services.AddSingleton(folder);
        services.AddSingleton(hostJson);
        services.AddSingleton(catalog);
        services.AddSingleton(pipeline);
        services.AddSingleton<ServiceLock>();
        services.AddSingleton<ServiceFile>();
        services.AddSingleton<FunctionDispatcher>();
        services.AddSingleton<DrainClock>();
        services.AddSingleton<StopSignals>();
        services.AddHostedService(provider => provider.GetRequiredService<StopSignals>());
        services.AddSingleton(_ => HostKey.LoadOrCreate(folder));

        HttpTriggers.AddTo(services);
        // Started after the app's own services and stopped before them.
        TimerTriggers.AddTo(services);
        BlobTriggers.AddTo(services);

        var app = web.Build();
        DurableTriggers.Register(registry, catalog, app.Services);
        HttpTriggers.Map(app, catalog, hostJson);
        AdminEndpoints.Map(app);
        return new EmbeddedHost(app);
    }
}
