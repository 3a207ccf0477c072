using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Testing;
using Trainyard.Durable.Hosts;

namespace Trainyard.Orchestrations.Tests;

/// <summary>The Durable packages' own engine, with their in-memory backend.</summary>
public sealed class TestHostEngine : IOrchestrationEngine
{
    private DurableTaskTestHost? host;

    public DurableTaskClient Client => host!.Client;

    public async Task StartAsync(Action<DurableTaskRegistry> tasks) => host = await DurableTestHosts.StartAsync(tasks);

    public ValueTask DisposeAsync() => host?.DisposeAsync() ?? ValueTask.CompletedTask;
}
