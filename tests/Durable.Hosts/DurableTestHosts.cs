using Microsoft.AspNetCore.Connections;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Testing;
using Trainyard.Tests.Shared;

namespace Trainyard.Durable.Hosts;

/// <summary>
/// Starts the Durable packages' in-process host. It must be told its port, so another process may be faster: then another
/// port is taken.
/// </summary>
public static class DurableTestHosts
{
    private const int MostPorts = 20;

    public static async Task<DurableTaskTestHost> StartAsync(Action<DurableTaskRegistry> tasks)
    {
        for (var tried = 1; ; tried++)
        {
            try
            {
                return await DurableTaskTestHost.StartAsync(tasks, new() { Port = FreePort.Find() });
            }
            catch (IOException e) when (e.InnerException is AddressInUseException && tried < MostPorts)
            {
                // The next port is another one.
            }
        }
    }
}
