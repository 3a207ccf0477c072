using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Trainyard.Agent.Jobs;

/// <summary>
/// The address where the learners of a run meet, in the variable names that most scripts pass to torchrun.
/// </summary>
internal static class Rendezvous
{
    // A command may take seconds to listen, so the ports are below those that Linux gives to outgoing connections.
    private const int FirstPort = 20_000;
    private const int EndOfPorts = 32_768;
    private const int MostTries = 64;

    /// <summary>
    /// For a run with one learner: a command that is written for several learners then connects only to itself.
    /// </summary>
    public static IReadOnlyDictionary<string, string> OfOneLearner() =>
        new Dictionary<string, string>
        {
            ["MASTER_ADDR"] = IPAddress.Loopback.ToString(),
            ["MASTER_PORT"] = FreePort().ToString(CultureInfo.InvariantCulture),
            ["NNODES"] = "1",
            ["NODE_RANK"] = "0",
        };

    // The runs of a node share its loopback, so a fixed port would serve only one run. WORLD_SIZE and RANK are not
    // set, as they count processes, not nodes: torchrun sets them, and a program that finds them acts as one process
    // of several.
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
