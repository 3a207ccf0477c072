using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Trainyard.Orchestrations.Tests.Histories;
using Trainyard.Runtime.Engine;
using Trainyard.Tests.Shared;

namespace Trainyard.Orchestrations.Tests;

/// <summary>The embedded engine, replaying a history at every step.</summary>
public sealed class EmbeddedEngine : IOrchestrationEngine
{
    private readonly TemporaryFolder state = new();
    private IHost? host;

    public DurableTaskClient Client => host!.Services.GetRequiredService<DurableTaskClient>();

    public async Task StartAsync(Action<DurableTaskRegistry> tasks)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddDurableEngine(
            tasks,
            new DurableEngineOptions { StatePath = state.Path, ReplayEveryStep = true }
        );
        host = builder.Build();
        await host.StartAsync();
    }

    /// <summary>Stops and reads what it kept of an instance.</summary>
    internal async Task<RecordedHistory> StopAndReadHistoryAsync(string instance)
    {
        await host!.StopAsync();
        return RecordedHistory.FromDatabase(Path.Combine(state.Path, "Trainyard.db"), instance);
    }

    public async ValueTask DisposeAsync()
    {
        if (host is not null)
        {
            await host.StopAsync();
            host.Dispose();
        }
        state.Dispose();
    }
}
