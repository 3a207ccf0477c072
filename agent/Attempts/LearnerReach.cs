using System.Net;
using Trainyard.Agent.Jobs;
using Trainyard.Agent.Networks;
using Trainyard.Agent.Settings;

namespace Trainyard.Agent.Attempts;

/// <summary>Finds learners that cannot reach each other before their commands wait for each other.</summary>
internal static class LearnerReach
{
    /// <exception cref="LearnersApartException">A learner's address is of no use to another.</exception>
    public static void Check(LearnerHosts hosts, NetworkAccess access)
    {
        var own = hosts.Addresses[hosts.Own - 1];
        foreach (var (name, address) in hosts.All)
        {
            // All of them on loopback are on one machine.
            if (IPAddress.IsLoopback(address) && hosts.Addresses.Any(other => !IPAddress.IsLoopback(other)))
            {
                throw new LearnersApartException(
                    $"{name}'s node gave {address} as its address, which no other machine reaches: set Agent__Address there",
                    IsOwnFault: IPAddress.IsLoopback(own)
                );
            }
            if (access is NetworkAccess.Public && NodeAddress.IsPrivate(address))
            {
                throw new LearnersApartException(
                    $"{name} is at {address}, in a private network, which commands of this node do not reach (Pool__Network=public)",
                    IsOwnFault: true
                );
            }
        }
    }
}

/// <summary>The learners of a run cannot reach each other.</summary>
/// <param name="why">Why, as a clause.</param>
/// <param name="IsOwnFault">Whether it is this node that has to be changed.</param>
internal sealed class LearnersApartException(string why, bool IsOwnFault)
    : Exception($"its learners cannot reach each other: {why}")
{
    public bool IsOwnFault { get; } = IsOwnFault;
}
