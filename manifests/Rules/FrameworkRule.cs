using Trainyard.Manifests.Frameworks;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Text;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Rules;

/// <summary><c>framework</c>: name and version as the catalogue has them, or <c>custom</c> with an image.</summary>
internal sealed class FrameworkRule : IManifestRule
{
    public void Apply(ManifestContext context)
    {
        if (context.Definition is not { } definition)
        {
            return;
        }

        if (definition.Take("framework") is not { } field)
        {
            definition.Missing("framework", "it names the framework and its version");
            return;
        }

        if (context.Open(field) is not { } framework)
        {
            return;
        }

        var name = Required(context, framework, "name");
        context.Draft.Framework =
            name == FrameworkCatalog.CustomName
                ? FrameworkReading.Custom(context, framework)
                : FromCatalogue(context, framework, name);
    }

    private static FrameworkReference? FromCatalogue(ManifestContext context, Section framework, string? name)
    {
        FrameworkReading.RefuseImage(context, framework);
        var version = Required(context, framework, "version");
        var python = PythonRuntime.Read(context, framework);
        if (name is null || !IsOffered(context, framework, name) || version is null)
        {
            return null;
        }

        var release = Release(context, framework, name, version);
        return release is null
            ? null
            : new(
                name,
                release.Version,
                FrameworkReading.Python(context, release, version, python),
                release.Image,
                version == release.Version ? null : version
            );
    }

    private static string? Required(ManifestContext context, Section framework, string key)
    {
        if (framework.Take(key) is { } field)
        {
            return context.Words(field, FieldLimits.Version);
        }

        framework.Missing(key, $"the framework's {key} decides what the run finds installed");
        return null;
    }

    private static bool IsOffered(ManifestContext context, Section framework, string name)
    {
        var offered = context.Catalog.OfferedNames.ToList();
        if (offered.Contains(name))
        {
            return true;
        }

        context.Bad<string>(
            framework.Take("name")!,
            ManifestCodes.UnknownFramework,
            $"names the framework {Quote.Key(name)}, which is not offered",
            string.Join(", ", offered),
            Nearest.To(name, offered)
        );
        return false;
    }

    private static FrameworkRelease? Release(ManifestContext context, Section framework, string name, string version)
    {
        if (context.Catalog.Find(name, version) is { Offered: true } release)
        {
            return release;
        }

        var offered = context.Catalog.VersionsOf(name).Where(r => r.Offered).Select(r => r.Version).ToList();
        return context.Bad<FrameworkRelease>(
            framework.Take("version")!,
            ManifestCodes.UnknownFrameworkVersion,
            $"asks for {name} {Quote.Key(version)}, which is not offered",
            string.Join(", ", offered),
            NearestVersion.To(version, offered)
        );
    }
}
