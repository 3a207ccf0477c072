using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Trainyard.Runtime.Engine;
using Trainyard.Runtime.Triggers.Discovery;
using Trainyard.Runtime.Triggers.Invocation;
using Trainyard.Runtime.Triggers.Listeners;
using Trainyard.Runtime.Triggers.Settings;
using Trainyard.Runtime.Triggers.State;

namespace Trainyard.Runtime.Triggers.Durable;

/// <summary>Has the durable engine run the orchestrator and activity functions.</summary>
internal static class DurableTriggers
{
    /// <param name="services">Those of the host, which is built but has not started.</param>
    public static void Register(DurableTaskRegistry registry, FunctionCatalog catalog, IServiceProvider services)
    {
        var dispatcher = services.GetRequiredService<FunctionDispatcher>();
        var drain = services.GetRequiredService<DrainClock>();
        foreach (var function in catalog.Of(TriggerKind.Orchestration))
        {
            registry.AddOrchestrator(function.Name, new FunctionOrchestrator(function, dispatcher));
        }
        foreach (var function in catalog.Of(TriggerKind.Activity))
        {
            registry.AddActivity(function.Name, scope => new FunctionActivity(function, dispatcher, drain, scope));
        }
    }

    /// <summary>The engine's options from host.json. Settings missing there keep the engine's defaults.</summary>
    public static DurableEngineOptions OptionsFrom(HostFolder folder, HostJson hostJson)
    {
        var settings = hostJson.Extensions.DurableTask;
        var options = new DurableEngineOptions { StatePath = folder.Path };
        options.HubName = settings.HubName ?? options.HubName;
        options.MaxConcurrentActivityFunctions =
            settings.MaxConcurrentActivityFunctions ?? options.MaxConcurrentActivityFunctions;
        options.MaxConcurrentOrchestratorFunctions =
            settings.MaxConcurrentOrchestratorFunctions ?? options.MaxConcurrentOrchestratorFunctions;
        return options;
    }
}
