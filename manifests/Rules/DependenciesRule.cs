using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;

namespace Trainyard.Manifests.Rules;

/// <summary><c>dependencies</c>: whether the packages that the archive names are installed before the command.</summary>
internal sealed class DependenciesRule : IManifestRule
{
    private const string Install = "install";

    public void Apply(ManifestContext context)
    {
        if (context.Root.Take("dependencies") is not { } field || context.Choice(field, [Install]) is null)
        {
            return;
        }

        if (context.Draft.Framework is { Image: not null })
        {
            context.Bad<string>(
                field,
                ManifestCodes.DependenciesInImage,
                "is for frameworks without a container image; an image brings its packages along"
            );
        }

        context.Draft.InstallDependencies = true;
    }
}
