using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools;

namespace Trainyard.Functions.Agents;

/// <summary>Checks and completes the facts that a node reports about itself.</summary>
internal static class OfferedFacts
{
    private const int MostGpus = 64;
    private const int MostPythons = 8;
    private const int MostPackages = 200;
    private const int MostUnlimited = 8;
    private const int LongestText = 200;

    /// <summary>
    /// Whether the facts are small enough: they are stored with the node, and read at every look at it.
    /// </summary>
    public static bool AreWithinLimits(NodeCapabilities? facts) =>
        facts is null
        || (
            facts.Gpus.Count <= MostGpus
            && facts.Gpus.All(gpu => IsShort(gpu.Model))
            && IsShort(facts.GpuDriver)
            && IsShort(facts.Network)
            && (facts.Pythons ?? []).Count <= MostPythons
            && (facts.Pythons ?? []).All(IsWithinLimits)
            && NodeLabels.AreWithinLimits(facts.Labels)
        );

    /// <summary>Adds to the facts the other fields of the offer and the operator's settings for all nodes.</summary>
    public static NodeOffer Complete(NodeOffer offer, PoolOptions pool) =>
        offer.Facts is { } facts
            ? offer with
            {
                Facts = facts with
                {
                    Containers = offer.Containers ?? facts.Containers,
                    Unlimited =
                        offer.Unlimited.Count > 0 ? [.. offer.Unlimited.Where(IsShort).Take(MostUnlimited)] : null,
                    Problem = offer.Problem,
                    CpuStandIn = pool.CpuStandIn ?? facts.CpuStandIn,
                },
            }
            : offer;

    private static bool IsWithinLimits(PythonFacts python) =>
        IsShort(python.Program)
        && IsShort(python.Version)
        && python.Packages.Count <= MostPackages
        && python.Packages.All(package => IsShort(package.Key) && IsShort(package.Value));

    private static bool IsShort(string? text) => text is null or { Length: <= LongestText };
}
