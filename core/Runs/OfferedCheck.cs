using Trainyard.Contracts;
using Trainyard.Core.Pools;
using Trainyard.Manifests;
using Trainyard.Manifests.Problems;

namespace Trainyard.Core.Runs;

/// <summary>
/// Refuses what a manifest asks for and this service does not offer, unless the operator allows a substitute.
/// </summary>
internal static class OfferedCheck
{
    public static IEnumerable<ProblemItem> Problems(ManifestParseResult parsed, PoolOptions pool) =>
        parsed
            .Warnings.Where(warning => NotOffered.RefusedCodes.Contains(warning.Code) && !Allows(pool, warning.Code))
            .Select(SubmissionProblems.Of);

    private static bool Allows(PoolOptions pool, string code) =>
        code switch
        {
            ManifestCodes.NodesNotOffered => pool.SingleNodeStandIn,
            _ => false,
        };
}
