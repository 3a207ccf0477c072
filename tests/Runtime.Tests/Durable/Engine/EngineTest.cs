using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Trainyard.Runtime.Engine;
using Trainyard.Tests.Shared;

namespace Trainyard.Runtime.Tests.Durable.Engine;

/// <summary>Base of tests of what only our engine promises: one folder, and hosts on it one after another.</summary>
public abstract class EngineTest : IAsyncLifetime
{
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(60));
    private readonly List<IHost> _hosts = [];

    protected TemporaryFolder Folder { get; } = new();

    protected CancellationToken Patience => _patience.Token;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.StopAsync();
            host.Dispose();
        }

        Folder.Dispose();
        _patience.Dispose();
    }

    protected Task<IHost> StartAsync(
        Action<DurableTaskRegistry> tasks,
        Action<DurableEngineOptions>? configure = null,
        Action<IServiceCollection>? services = null
    )
    {
        var registry = new DurableTaskRegistry();
        tasks(registry);
        return StartAsync(registry, configure, services);
    }

    protected async Task<IHost> StartAsync(
        DurableTaskRegistry tasks,
        Action<DurableEngineOptions>? configure = null,
        Action<IServiceCollection>? services = null
    )
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.Information);
        services?.Invoke(builder.Services);
        var options = new DurableEngineOptions { StatePath = Folder.Path };
        configure?.Invoke(options);
        builder.Services.AddDurableEngine(tasks, options);
        var host = builder.Build();
        _hosts.Add(host);
        await host.StartAsync();
        return host;
    }

    protected async Task StopAsync(IHost host)
    {
        _hosts.Remove(host);
        await host.StopAsync();
        host.Dispose();
    }

    protected async Task<OrchestrationMetadata> RunAsync(IHost host, TaskName name, object? input = null)
    {
        var id = await ClientOf(host).ScheduleNewOrchestrationInstanceAsync(name, input, Patience);
        return await ClientOf(host).WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, Patience);
    }

    protected async Task<string> StartedAsync(IHost host, TaskName name, object? input = null)
    {
        var id = await ClientOf(host).ScheduleNewOrchestrationInstanceAsync(name, input, Patience);
        await ClientOf(host).WaitForInstanceStartAsync(id, Patience);
        return id;
    }

    protected static DurableTaskClient ClientOf(IHost host) => host.Services.GetRequiredService<DurableTaskClient>();
}
