using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Testing;
using Trainyard.Tests.Shared.OnAzure;

namespace Trainyard.Orchestrations.Tests;

/// <summary>The Durable packages' own engine, with their in-memory backend.</summary>
internal sealed class Engine : IAsyncDisposable
{
    private readonly DurableTaskTestHost host;

    private Engine(DurableTaskTestHost host) => this.host = host;

    public DurableTaskClient Client => host.Client;

    public static async Task<Engine> StartAsync(Action<DurableTaskRegistry> tasks) =>
        new(await DurableTestHosts.StartAsync(tasks));

    public ValueTask DisposeAsync() => host.DisposeAsync();
}
