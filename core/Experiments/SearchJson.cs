using System.Globalization;
using System.Text.Json.Nodes;
using Trainyard.Manifests.Experiments.Model;

namespace Trainyard.Core.Experiments;

/// <summary>Writes a search as the equivalent <c>hyper_parameters_optimization</c>.</summary>
internal static class SearchJson
{
    public static JsonObject Of(SearchSettings search) =>
        new()
        {
            ["method"] = new JsonObject
            {
                ["name"] = search.Method,
                ["parameters"] = new JsonArray([.. Parameters(search)]),
            },
            ["hyper_parameters"] = new JsonArray([.. search.Parameters.Select(Of)]),
        };

    private static IEnumerable<JsonObject> Parameters(SearchSettings search)
    {
        yield return Text("objective", search.Objective);
        yield return Text("maximize_or_minimize", search.Maximize ? "maximize" : "minimize");
        yield return Whole("num_optimizer_steps", search.Steps);
        yield return Whole("parallelism", search.Parallelism);
        if (search.MaxGpuHours is { } gpuHours)
        {
            yield return Real("max_gpu_hours", gpuHours);
        }
        if (search.MaxHours is { } hours)
        {
            yield return Real("max_hours", hours);
        }
        if (search.Seed is { } seed)
        {
            yield return Whole("seed", seed);
        }
        if (search.Method == SearchMethodNames.Grid)
        {
            yield return Whole("grid_points", search.GridPoints);
        }
        if (search.Halving is { } halving)
        {
            yield return Text("early_stopping", SearchMethodNames.Asha);
            yield return Whole("min_steps", halving.MinSteps);
            yield return Whole("reduction_factor", halving.Factor);
        }
    }

    private static JsonObject Of(HyperParameter parameter)
    {
        var word = parameter.Kind switch
        {
            HyperParameterKind.Double => "double",
            HyperParameterKind.Int => "int",
            _ => "string",
        };
        var json = new JsonObject { ["name"] = parameter.Name };
        if (parameter.Range is { } range)
        {
            json[$"{word}_range"] = Of(range);
        }
        else
        {
            json[$"{word}_values"] = new JsonArray([.. parameter.Values!.Select(v => ValueOf(v, parameter.Kind))]);
        }
        return json;
    }

    private static JsonObject Of(HyperParameterRange range)
    {
        var json = new JsonObject { ["min_value"] = range.Min, ["max_value"] = range.Max };
        if (range.Step is { } step)
        {
            json["step"] = step;
        }
        if (range.Power is { } power)
        {
            json["power"] = power;
        }
        return json;
    }

    private static JsonValue ValueOf(string text, HyperParameterKind kind) =>
        kind is HyperParameterKind.Text
            ? JsonValue.Create(text)
            : JsonValue.Create(double.Parse(text, CultureInfo.InvariantCulture));

    private static JsonObject Text(string name, string value) => new() { ["name"] = name, ["string_value"] = value };

    private static JsonObject Whole(string name, int value) => new() { ["name"] = name, ["int_value"] = value };

    private static JsonObject Real(string name, double value) => new() { ["name"] = name, ["double_value"] = value };
}
