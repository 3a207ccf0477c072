using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Trainyard.Orchestrations.Tests.Histories;
using Trainyard.Runtime.Engine;
using Trainyard.Tests.Shared;

namespace Trainyard.Orchestrations.Tests;

/// <summary>The embedded engine, replaying a history at every step.</summary>
internal sealed class Engine : IAsyncDisposable
{
    private readonly TemporaryFolder state = new();
    private readonly IHost host;

    private Engine(Action<DurableTaskRegistry> tasks)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddDurableEngine(
            tasks,
            new DurableEngineOptions { StatePath = state.Path, ReplayEveryStep = true }
        );
        host = builder.Build();
    }

    public DurableTaskClient Client => host.Services.GetRequiredService<DurableTaskClient>();

    public static async Task<Engine> StartAsync(Action<DurableTaskRegistry> tasks)
    {
        var engine = new Engine(tasks);
        await engine.host.StartAsync();
        return engine;
    }

    /// <summary>Stops and reads what it kept of an instance.</summary>
    public async Task<RecordedHistory> StopAndReadHistoryAsync(string instance)
    {
        await host.StopAsync();
        return RecordedHistory.FromDatabase(Path.Combine(state.Path, "Trainyard.db"), instance);
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
        state.Dispose();
    }
}
