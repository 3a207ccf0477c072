using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Rules;

/// <summary>
/// Keys that are read and kept with the run while no part of the service acts on them: who writes one must know. A key
/// leaves this list together with the change that makes it work.
/// </summary>
internal sealed class NoEffectYetRule : IManifestRule
{
    private static readonly string[] Keys = ["evaluation_metrics"];

    public void Apply(ManifestContext context)
    {
        foreach (var field in Keys.Select(key => context.Root.Take(key)).OfType<Field>())
        {
            context.Problems.Warn(
                ManifestCodes.NoEffectYet,
                $"{Quote.Key(field.Path)} is kept with the run, but the service does not act on it yet.",
                field.Path,
                field.KeyMark
            );
        }
    }
}
