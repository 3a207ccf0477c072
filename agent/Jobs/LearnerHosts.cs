using System.Net;
using Trainyard.Contracts.Runs;

namespace Trainyard.Agent.Jobs;

/// <summary>The nodes of a run, as its commands see each other.</summary>
/// <param name="Own">The number of this node, from 1.</param>
/// <param name="Addresses">The address of each node, in the order of their numbers.</param>
internal sealed record LearnerHosts(int Own, IReadOnlyList<IPAddress> Addresses)
{
    /// <summary>A run with one node.</summary>
    public static LearnerHosts Alone { get; } = new(1, [IPAddress.Loopback]);

    /// <summary>The host name of this node.</summary>
    public string OwnName => LearnerFiles.Folder(Own);

    /// <summary>All nodes' names, as lines of a hosts file.</summary>
    public IEnumerable<(string Name, IPAddress Address)> All =>
        Addresses.Select((address, index) => (LearnerFiles.Folder(index + 1), address));
}
