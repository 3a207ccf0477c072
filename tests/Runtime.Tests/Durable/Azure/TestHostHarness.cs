using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Testing;
using Trainyard.Durable.Hosts;
using Trainyard.Runtime.Tests.Durable.Contract;

namespace Trainyard.Runtime.Tests.Durable.Azure;

/// <summary>The real packages' worker and client, on their own in-memory backend.</summary>
public sealed class TestHostHarness : IDurableHarness
{
    private DurableTaskTestHost? _host;

    public DurableTaskClient Client => _host!.Client;

    public bool Refuses => false;

    public async Task StartAsync(Action<DurableTaskRegistry> tasks) => _host = await DurableTestHosts.StartAsync(tasks);

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }
}
