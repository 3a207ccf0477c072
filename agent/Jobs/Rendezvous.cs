using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Trainyard.Agent.Jobs;

/// <summary>Where the learners of a run meet, under the names that torchrun's options have in most scripts.</summary>
internal static class Rendezvous
{
    /// <summary>For a run's only learner: a command that is written for several then meets nobody but itself.</summary>
    public static IReadOnlyDictionary<string, string> OfOneLearner() =>
        new Dictionary<string, string>
        {
            ["MASTER_ADDR"] = IPAddress.Loopback.ToString(),
            ["MASTER_PORT"] = FreePort().ToString(CultureInfo.InvariantCulture),
            ["NNODES"] = "1",
            ["NODE_RANK"] = "0",
        };

    // Runs of one node share its loopback, so a fixed port would serve only the first of them. WORLD_SIZE and RANK count
    // processes, not nodes: torchrun sets them, and programs that find them take themselves for one of several.
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
