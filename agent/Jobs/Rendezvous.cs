using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Trainyard.Agent.Jobs;

/// <summary>Where the learners of a run meet, under the names that torchrun's options have in most scripts.</summary>
internal static class Rendezvous
{
    // Below the ports that Linux gives to outgoing connections: a command may take seconds until it listens.
    private const int FirstPort = 20_000;
    private const int EndOfPorts = 32_768;
    private const int MostTries = 64;

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
        for (var tries = 0; tries < MostTries; tries++)
        {
            var port = RandomNumberGenerator.GetInt32(FirstPort, EndOfPorts);
            if (IsFree(port))
            {
                return port;
            }
        }
        return FirstPort;
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
