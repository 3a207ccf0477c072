using Trainyard.Manifests.Model;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Rules;

/// <summary>
/// Compute, wherever a dialect puts it: <c>compute_configuration</c> under <c>execution</c> or
/// <c>model_definition</c>, <c>resource</c>, <c>resourceType</c>, or FfDL's numbers at the top.
/// </summary>
internal sealed class ComputeRule : IManifestRule
{
    public void Apply(ManifestContext context)
    {
        if (context.IsFfdl)
        {
            context.Draft.Compute = FfdlCompute.Read(context);
            return;
        }

        if (context.Definition is not { } definition)
        {
            return;
        }

        var fields = Fields(context, definition).ToList();
        foreach (var twice in fields.Skip(1))
        {
            context.Problems.Error(
                ManifestCodes.SameThingTwice,
                $"{Quote.Key(twice.Path)} says again what {Quote.Key(fields[0].Path)} says; keep one.",
                twice.Path,
                twice.KeyMark
            );
        }

        if (fields is [var field, ..])
        {
            context.Draft.Compute = Read(context, field);
        }
        else if (context.Execution is { } execution)
        {
            execution.Missing(
                "compute_configuration",
                "it says which GPUs, CPUs and memory the run gets",
                ComputeReading.Names
            );
        }
    }

    private static IEnumerable<Field> Fields(ManifestContext context, Section definition)
    {
        var execution = context.Execution;
        var found = new[]
        {
            Signed(context, execution?.Take("compute_configuration"), DialectSigns.February2018),
            Signed(context, definition.Take("compute_configuration"), DialectSigns.February2018),
            Signed(context, execution?.Take("resource"), DialectSigns.November2017),
            Signed(context, execution?.Take("resourceType"), DialectSigns.October2017),
        };
        return found.OfType<Field>();
    }

    private static Field? Signed(ManifestContext context, Field? field, DialectSigns sign)
    {
        context.Sign(field is null ? DialectSigns.None : sign);
        return field;
    }

    // A name alone, as in `resource: small`, is accepted under each of the keys.
    private static ComputeRequest? Read(ManifestContext context, Field field)
    {
        if (field.Value is YamlScalar || field.Key != "compute_configuration")
        {
            return ComputeReading.ByName(context, field);
        }

        return context.Open(field) is { } section ? ComputeReading.Section(context, section) : null;
    }
}
