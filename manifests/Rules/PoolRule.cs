using Trainyard.Contracts.Agents;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;

namespace Trainyard.Manifests.Rules;

/// <summary><c>pool</c>: the pool of nodes that the run waits in. Which there are the operator knows.</summary>
internal sealed class PoolRule : IManifestRule
{
    public void Apply(ManifestContext context)
    {
        var field = context.Root.Take("pool");
        var name = context.Words(field, PoolNames.Longest);
        context.Draft.Pool =
            name is null || PoolNames.IsName(name)
                ? name
                : context.Bad<string>(field!, ManifestCodes.NotAName, "is not a pool's name", PoolNames.Rule);
    }
}
