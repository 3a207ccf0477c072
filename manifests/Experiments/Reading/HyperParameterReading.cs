using System.Globalization;
using Trainyard.Manifests.Experiments.Model;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Experiments.Reading;

/// <summary>Reads the list <c>hyper_parameters</c>.</summary>
internal static class HyperParameterReading
{
    private static readonly string[] Shapes =
    [
        "double_range",
        "int_range",
        "double_values",
        "int_values",
        "string_values",
    ];

    public static IReadOnlyList<HyperParameter> Read(ManifestContext context, Section optimization)
    {
        var field = optimization.Take("hyper_parameters");
        if (field is null or { Value: YamlList { Items.Count: 0 } })
        {
            optimization.Missing("hyper_parameters", "it lists what is searched");
            return [];
        }

        var parameters = new List<HyperParameter>();
        foreach (var (node, path) in ExperimentReading.Items(context, field, SearchLimits.Parameters))
        {
            if (context.Open(node, path) is { } entry && One(context, entry, parameters) is { } parameter)
            {
                parameters.Add(parameter);
            }
        }

        return parameters;
    }

    private static HyperParameter? One(ManifestContext context, Section entry, List<HyperParameter> others)
    {
        var name = ExperimentReading.Name(context, entry, "name", "it is the hyperparameter's key in config.json");
        if (name is not null && others.Exists(o => o.Name == name))
        {
            name = context.Bad<string>(
                entry.Take("name")!,
                ManifestCodes.SameThingTwice,
                $"is {Quote.Key(name)} again; keep one"
            );
        }

        if (entry.Take(Shapes) is not { } shape)
        {
            entry.Missing("double_range", "it says which values there are", string.Join(", ", Shapes));
            return null;
        }

        var kind = shape.Key switch
        {
            "double_range" or "double_values" => HyperParameterKind.Double,
            "int_range" or "int_values" => HyperParameterKind.Int,
            _ => HyperParameterKind.Text,
        };
        var isRange = shape.Key.EndsWith("_range", StringComparison.Ordinal);
        var range = isRange && context.Open(shape) is { } section ? RangeReading.Read(context, section, kind) : null;
        var values = isRange ? null : Values(context, shape, kind);
        return name is null || (range is null && values is null)
            ? null
            : new()
            {
                Name = name,
                Kind = kind,
                Range = range,
                Values = values,
            };
    }

    private static IReadOnlyList<string>? Values(ManifestContext context, Field field, HyperParameterKind kind)
    {
        if (field.Value is YamlList { Items.Count: 0 })
        {
            return context.Bad<string[]>(field, ManifestCodes.Required, "lists no value", "at least one");
        }

        var items = ExperimentReading.Items(context, field, SearchLimits.Values).ToList();
        var values = items.Select(i => Value(context, new(field.Key, i.Path, i.Node, field.KeyMark), kind)).ToList();
        return values.Count == 0 || values.Contains(null) ? null : [.. values.OfType<string>()];
    }

    private static string? Value(ManifestContext context, Field item, HyperParameterKind kind)
    {
        if (kind is HyperParameterKind.Text)
        {
            return context.Text(item, SearchLimits.ValueLength);
        }

        var most = kind is HyperParameterKind.Int ? RangeReading.LargestWhole : double.MaxValue;
        var number = context.Number(item, -most, most);
        return number is not { } known ? null
            : kind is HyperParameterKind.Int && !double.IsInteger(known)
                ? context.Bad<string>(item, ManifestCodes.NotANumber, "is not a whole number", "a whole number")
            : known.ToString("R", CultureInfo.InvariantCulture);
    }
}
