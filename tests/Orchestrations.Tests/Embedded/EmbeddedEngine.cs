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
    private readonly TemporaryFolder _state = new();
    private IHost? _host;

    public DurableTaskClient Client => _host!.Services.GetRequiredService<DurableTaskClient>();

    public async Task StartAsync(Action<DurableTaskRegistry> tasks)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddDurableEngine(
            tasks,
            new DurableEngineOptions { StatePath = _state.Path, ReplayEveryStep = true }
        );
        _host = builder.Build();
        await _host.StartAsync();
    }

    /// <summary>Stops and reads what it kept of an instance.</summary>
    internal async Task<RecordedHistory> StopAndReadHistoryAsync(string instance)
    {
        await _host!.StopAsync();
        return RecordedHistory.FromDatabase(Path.Combine(_state.Path, "Trainyard.db"), instance);
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.StopAsync();
            _host.Dispose();
        }
        _state.Dispose();
    }
}
