using Trainyard.Manifests.Experiments.Model;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Rules;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Experiments.Reading;

/// <summary>Reads one of <c>training_references</c>.</summary>
internal static class ReferenceReading
{
    private const string Definitions = "training_definitions/";
    private const int GuidLength = 36;

    public static TrainingReference? Read(
        ManifestContext context,
        Section section,
        IReadOnlyCollection<TrainingReference> others
    )
    {
        var name = ExperimentReading.Name(context, section, "name", "it tells the training runs apart");
        if (name is not null && others.Any(o => o.Name == name))
        {
            name = context.Bad<string>(
                section.Take("name")!,
                ManifestCodes.NotAllowed,
                $"is {Quote.Key(name)}, as that of another reference",
                "a name that no other reference has"
            );
        }

        var (url, id) = DefinitionOf(context, section);
        var command = CommandRule.Text(context, section.Take("command"));
        var compute = ComputeOf(context, section);
        var search = section.Open("hyper_parameters_optimization") is { } optimization
            ? SearchReading.Read(context, optimization)
            : null;
        return name is null || id is null || compute is null
            ? null
            : new()
            {
                Name = name,
                DefinitionUrl = url!,
                DefinitionId = id.Value,
                Command = command,
                Compute = compute,
                Search = search,
            };
    }

    // The address that the service gave out, with any host, and perhaps followed by a version or by /content.
    private static (string? Url, Guid? Id) DefinitionOf(ManifestContext context, Section section)
    {
        if (section.Take("training_definition_url") is not { } field)
        {
            section.Missing("training_definition_url", "it names the stored training definition");
            return (null, null);
        }

        if (context.Words(field, FieldLimits.Connection) is not { } url)
        {
            return (null, null);
        }

        var at = url.LastIndexOf(Definitions, StringComparison.Ordinal);
        var id = at < 0 ? url : url[(at + Definitions.Length)..];
        if (id.Length >= GuidLength && Guid.TryParse(id[..GuidLength], out var known))
        {
            return (url, known);
        }

        context.Bad<string>(
            field,
            ManifestCodes.NotAnAddress,
            "is no address of a training definition",
            "…/v3/ml_assets/training_definitions/ID, as `bx ml store training-definitions` prints it"
        );
        return (null, null);
    }

    private static ComputeRequest? ComputeOf(ManifestContext context, Section section)
    {
        if (section.Take("compute_configuration") is not { } field)
        {
            return ComputeConfigurations.Find(ComputeConfigurations.Default);
        }

        return field.Value is YamlScalar ? ComputeReading.ByName(context, field)
            : context.Open(field) is { } compute ? ComputeReading.Section(context, compute)
            : null;
    }
}
