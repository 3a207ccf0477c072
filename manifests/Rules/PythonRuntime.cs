using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Rules;

/// <summary><c>framework.runtimes</c>: a list of maps or one map; only Python means something.</summary>
internal sealed record PythonRuntime(string Version, Field Field)
{
    public static PythonRuntime? Read(ManifestContext context, Section framework)
    {
        if (framework.Take("runtimes") is not { } field)
        {
            return null;
        }

        if (field.Value is not YamlList list)
        {
            context.Sign(DialectSigns.March2018);
            return ReadOne(context, context.Open(field));
        }

        context.Sign(DialectSigns.February2018);
        return list
            .Items.Select((item, i) => ReadOne(context, context.Open(item, $"{field.Path}[{i}]")))
            .ToList()
            .Find(runtime => runtime is not null);
    }

    private static PythonRuntime? ReadOne(ManifestContext context, Section? runtime)
    {
        if (runtime is null)
        {
            return null;
        }

        var name = runtime.Take("name");
        var version = runtime.Take("version");
        if (name is null || version is null)
        {
            runtime.Missing(name is null ? "name" : "version", "a runtime has a name and a version");
            return null;
        }

        var text = context.Words(version, FieldLimits.Version);
        if (context.Words(name, FieldLimits.Version) is "python" or null)
        {
            return text is null ? null : new(text, version);
        }

        context.Problems.Warn(
            ManifestCodes.RuntimeIgnored,
            $"{Quote.Key(name.Path)} has no effect: only `python` is known.",
            name.Path,
            name.Mark,
            "python"
        );
        return null;
    }
}
