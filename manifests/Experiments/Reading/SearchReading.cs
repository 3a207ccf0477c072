using Trainyard.Manifests.Experiments.Model;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Experiments.Reading;

/// <summary>Reads <c>hyper_parameters_optimization</c>.</summary>
internal static class SearchReading
{
    private const string ResultFile = "val_dict_list.json";

    public static SearchSettings? Read(ManifestContext context, Section section)
    {
        var parameters = HyperParameterReading.Read(context, section);
        if (section.Open("method") is not { } method)
        {
            section.Missing("method", "it says how to search");
            return null;
        }

        var nameField = method.Take("name");
        if (nameField is null)
        {
            method.Missing("name", "it says how to search", string.Join(", ", SearchMethodNames.All));
        }

        var name = context.Choice(nameField, SearchMethodNames.All);
        var values = new MethodParameters(context, method);
        var objective = values.Text("objective", "it names the metric that says how good a model is");
        var direction = values.Choice("maximize_or_minimize", ["maximize", "minimize"], "it says which is better");
        var steps = values.Whole("num_optimizer_steps", 1, SearchLimits.Steps);
        values.Only("filename", ResultFile);
        values.HasNoEffect(
            "time_interval",
            "steps are counted by whichever of steps, iteration and epoch a metric has"
        );
        var settings = new SearchSettings
        {
            Method = name is null or SearchMethodNames.Asha ? SearchMethodNames.Random : name,
            Objective = objective ?? "",
            Maximize = direction == "maximize",
            Steps = steps ?? GridSize(name, parameters, values) ?? 1,
            Parallelism = values.Whole("parallelism", 1, SearchLimits.Parallelism) ?? SearchLimits.UsualParallelism,
            MaxGpuHours = values.Number("max_gpu_hours", 1e-6, SearchLimits.Hours),
            MaxHours = values.Number("max_hours", 1e-6, SearchLimits.Hours),
            Seed = values.Whole("seed", 0, int.MaxValue),
            GridPoints = values.Whole("grid_points", 2, SearchLimits.GridPoints) ?? SearchLimits.UsualGridPoints,
            Halving = HalvingOf(name, values),
            Parameters = parameters,
        };
        if (steps is null && name is not (null or SearchMethodNames.Grid))
        {
            values.Missing("num_optimizer_steps", "it says how many training runs there are at most");
        }

        values.RefuseUnknown();
        return settings;
    }

    private static HalvingSettings? HalvingOf(string? method, MethodParameters values)
    {
        var choice = values.Choice("early_stopping", [SearchMethodNames.Asha, "none"], what: null);
        var least = values.Whole("min_steps", 1, SearchLimits.MinSteps);
        var factor = values.Whole("reduction_factor", 2, SearchLimits.Factor);
        if (choice == SearchMethodNames.Asha || (choice is null && method == SearchMethodNames.Asha))
        {
            return new(least ?? SearchLimits.UsualMinSteps, factor ?? SearchLimits.UsualFactor);
        }

        foreach (var unused in new[] { "min_steps", "reduction_factor" })
        {
            values.RefuseWithout(unused, "early_stopping: asha");
        }

        return null;
    }

    // A grid has a fixed number of runs, so it needs no limit.
    private static int? GridSize(string? method, IReadOnlyList<HyperParameter> parameters, MethodParameters values)
    {
        if (method != SearchMethodNames.Grid)
        {
            return null;
        }

        var levels = values.Peek("grid_points") ?? SearchLimits.UsualGridPoints;
        var size = parameters.Aggregate(1.0, (all, p) => all * Count(p, levels));
        return (int)Math.Min(size, SearchLimits.Steps + 1);
    }

    private static double Count(HyperParameter parameter, int levels) =>
        parameter switch
        {
            { Values: { } values } => values.Distinct().Count(),
            { Range: { Step: null }, Kind: HyperParameterKind.Double } => levels,
            { Range: { } range } => Math.Floor(((range.Max - range.Min) / (range.Step ?? 1)) + 1e-9) + 1,
            _ => 1,
        };
}
