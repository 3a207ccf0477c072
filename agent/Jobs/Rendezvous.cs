using System.Globalization;
using System.Net;

namespace Trainyard.Agent.Jobs;

/// <summary>
/// The address where the learners of a run meet, in the variable names that most scripts pass to torchrun.
/// </summary>
internal static class Rendezvous
{
    /// <summary>
    /// For a run with one learner: a command that is written for several learners then connects only to itself. The
    /// runs of a node share its loopback, so a fixed port would serve only one run.
    /// </summary>
    public static IReadOnlyDictionary<string, string> OfOneLearner()
    {
        using var port = HeldPort.Take(IPAddress.Loopback);
        return Of(LearnerHosts.Alone, port.Number);
    }

    /// <summary>For one of several learners, which all meet at the first one's port.</summary>
    // WORLD_SIZE and RANK are not set, as they count processes, not nodes: torchrun sets them, and a program that finds
    // them acts as one process of several.
    public static IReadOnlyDictionary<string, string> Of(LearnerHosts hosts, int port) =>
        new Dictionary<string, string>
        {
            ["MASTER_ADDR"] = hosts.Addresses[0].ToString(),
            ["MASTER_PORT"] = Text(port),
            ["NNODES"] = Text(hosts.Addresses.Count),
            ["NODE_RANK"] = Text(hosts.Own - 1),
            ["LEARNER_ADDRESSES"] = string.Join(',', hosts.Addresses),
        };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
