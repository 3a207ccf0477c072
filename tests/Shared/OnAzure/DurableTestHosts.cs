using Microsoft.AspNetCore.Connections;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Testing;

namespace Trainyard.Tests.Shared.OnAzure;

/// <summary>
/// Starts the Durable packages' in-process host. It must be told its port, so another process may be faster: then another
/// port is taken. Compiled into the test projects that have the package.
/// </summary>
internal static class DurableTestHosts
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
