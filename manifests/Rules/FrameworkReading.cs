using Trainyard.Manifests.Frameworks;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Rules;

/// <summary>The parts of <see cref="FrameworkRule"/> that need no catalogue search.</summary>
internal static class FrameworkReading
{
    /// <summary><c>custom</c>: the image, under <c>image</c> or (as FfDL wrote it) as the version.</summary>
    public static FrameworkReference? Custom(ManifestContext context, Section framework)
    {
        var field = framework.Take("image", "version");
        var python = PythonRuntime.Read(context, framework);
        context.Draft.RegistrySecret = SecretPlace.Read(context, framework);
        if (field is null)
        {
            framework.Missing("image", "the framework `custom` is a container image");
            return null;
        }

        var image = context.Words(field, FieldLimits.Image);
        if (image is null || ImageReference.IsValid(image))
        {
            return image is null
                ? null
                : new(FrameworkCatalog.CustomName, image, python?.Version, image)
                {
                    SecretName = context.Draft.RegistrySecret?.Name.ToString(),
                };
        }

        return context.Bad<FrameworkReference>(
            field,
            ManifestCodes.FrameworkImage,
            "is not the name of a container image",
            "registry/path:tag or registry/path@sha256:…"
        );
    }

    public static void RefuseImage(ManifestContext context, Section framework)
    {
        if (framework.Take("image") is { } image)
        {
            context.Bad<string>(
                image,
                ManifestCodes.FrameworkImage,
                "goes with the framework `custom` only; others have their image in the catalogue"
            );
        }

        if (framework.Take("secret") is { } secret)
        {
            context.Bad<string>(
                secret,
                ManifestCodes.FrameworkImage,
                "is a login for the image of the framework `custom`; others have their image in the catalogue"
            );
        }

        if (context.IsFfdl)
        {
            context.Ignore(framework.Take("image_tag"));
        }
    }

    /// <summary>The Python of the run: what <c>runtimes</c> asks for, else what the version's text says, else 3.</summary>
    public static string? Python(
        ManifestContext context,
        FrameworkRelease release,
        string version,
        PythonRuntime? asked
    )
    {
        if (release.Python.Count == 0)
        {
            return null;
        }

        if (asked is not null && !release.HasPython(asked.Version))
        {
            return context.Bad<string>(
                asked.Field,
                ManifestCodes.UnknownPython,
                $"asks for Python {Quote.Key(asked.Version)}, which {release.Name} {release.Version} does not have",
                string.Join(", ", release.Python.Select(p => p == "3" ? "any 3.x" : p)),
                release.Python[^1]
            );
        }

        return asked?.Version
            ?? VersionSuffix.Split(version).Python
            ?? (release.HasPython("3") ? "3" : release.Python[0]);
    }
}
