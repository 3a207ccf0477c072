using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Rules;

/// <summary>What must be there and is not, unless <see cref="UnknownKeysRule"/> found it under a wrong name or in a wrong place.</summary>
internal sealed class MissingKeysRule : IManifestRule
{
    public void Apply(ManifestContext context)
    {
        foreach (var key in context.MissingKeys.DistinctBy(k => k.Path))
        {
            if (!context.MeantPaths.Any(meant => meant == key.Path || meant.StartsWith($"{key.Path}.")))
            {
                context.Problems.Error(
                    ManifestCodes.Required,
                    $"{Quote.Key(key.Path)} {(key.HasNoValue ? "has no value" : "is missing")}: {key.What}.",
                    key.Path,
                    key.Mark,
                    key.Allowed
                );
            }
        }
    }
}
