using System.Text.Json.Nodes;
using Trainyard.Manifests.Experiments.Model;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Reading;

namespace Trainyard.Core.Experiments;

/// <summary>Serializes the parts of an experiment to JSON that reads back unchanged.</summary>
public static class ExperimentJson
{
    public static JsonObject Settings(ExperimentManifest manifest)
    {
        var settings = new JsonObject { ["name"] = manifest.Name };
        Put(settings, "description", manifest.Description);
        if (manifest.Author is { } author)
        {
            var json = new JsonObject();
            Put(json, "name", author.Name);
            Put(json, "email", author.Email);
            settings["author"] = json;
        }
        if (manifest.Evaluation is { } evaluation)
        {
            var json = new JsonObject();
            Put(json, "method", evaluation.Method);
            json["metrics"] = new JsonArray([.. evaluation.Metrics.Select(m => new JsonObject { ["name"] = m })]);
            settings["evaluation_definition"] = json;
        }
        return settings;
    }

    public static JsonArray References(ExperimentManifest manifest) => new([.. manifest.References.Select(Reference)]);

    public static JsonArray? Tags(ExperimentManifest manifest) =>
        manifest.Tags.Count == 0
            ? null
            : new([
                .. manifest.Tags.Select(tag =>
                {
                    var json = new JsonObject { ["value"] = tag.Value };
                    Put(json, "description", tag.Description);
                    return json;
                }),
            ]);

    private static JsonObject Reference(TrainingReference reference)
    {
        var json = new JsonObject { ["name"] = reference.Name, ["training_definition_url"] = reference.DefinitionUrl };
        Put(json, "command", reference.Command);
        json["compute_configuration"] = Compute(reference.Compute);
        if (reference.Search is { } search)
        {
            json["hyper_parameters_optimization"] = SearchJson.Of(search);
        }
        return json;
    }

    internal static JsonObject Compute(ComputeRequest compute)
    {
        var json = new JsonObject();
        if (compute.Name is { } name)
        {
            json["name"] = name;
        }
        else
        {
            json["gpus"] = compute.Gpus;
            json["cpus"] = compute.Cpus;
            json["memory"] = SizeText.Write(compute.MemoryBytes);
            Put(json, "gpu_type", compute.GpuType);
        }
        Put(json, "disk", compute.DiskBytes is { } disk ? SizeText.Write(disk) : null);
        json["nodes"] = compute.Nodes;
        return json;
    }

    private static void Put(JsonObject json, string key, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            json[key] = value;
        }
    }
}
