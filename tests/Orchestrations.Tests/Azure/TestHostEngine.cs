using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Testing;
using Trainyard.Durable.Hosts;

namespace Trainyard.Orchestrations.Tests;

/// <summary>The Durable packages' own engine, with their in-memory backend.</summary>
public sealed class TestHostEngine : IOrchestrationEngine
{
    private DurableTaskTestHost? _host;

    public DurableTaskClient Client => _host!.Client;

    public async Task StartAsync(Action<DurableTaskRegistry> tasks) => _host = await DurableTestHosts.StartAsync(tasks);

    public ValueTask DisposeAsync() => _host?.DisposeAsync() ?? ValueTask.CompletedTask;
}
