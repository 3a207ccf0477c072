using System.Text.Json;
using System.Text.Json.Nodes;
using Trainyard.Core.Models;
using Trainyard.Manifests;
using Trainyard.Manifests.Experiments.Model;
using Trainyard.Manifests.Frameworks;
using Trainyard.Manifests.Text;

namespace Trainyard.Core.Experiments;

/// <summary>
/// Builds the manifest of a reference's training runs from the definition and the experiment, and parses it like any
/// other manifest, so that the same rules apply.
/// </summary>
internal static class ReferenceManifest
{
    public static ManifestParseResult Read(
        TrainingReference reference,
        DefinitionText definition,
        ManifestLimits limits,
        FrameworkCatalog frameworks
    )
    {
        var manifest = new JsonObject
        {
            ["model_definition"] = new JsonObject
            {
                ["name"] = reference.Name,
                ["framework"] = JsonObject.Create(definition.Framework),
                ["execution"] = new JsonObject
                {
                    ["command"] = reference.Command ?? definition.Command,
                    ["compute_configuration"] = ExperimentJson.Compute(reference.Compute),
                },
            },
            // Placeholders for the experiment's own stores, which were parsed with it.
            ["training_data_reference"] = Placeholder("source", "data"),
            ["training_results_reference"] = Placeholder("target", "results"),
        };
        return ManifestParser.Parse(JsonSerializer.SerializeToUtf8Bytes(manifest), limits, frameworks);
    }

    private static JsonObject Placeholder(string place, string bucket) =>
        new()
        {
            ["type"] = "file",
            [place] = new JsonObject { ["bucket"] = bucket },
        };
}
