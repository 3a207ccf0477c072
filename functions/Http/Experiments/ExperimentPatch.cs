using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Trainyard.Contracts;
using Trainyard.Core.Experiments;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http.Experiments;

/// <summary>
/// A JSON Patch of an experiment: operations <c>add</c>, <c>replace</c> and <c>remove</c> on its parts. A store that no
/// operation touches stays unchanged, including its credentials.
/// </summary>
internal sealed record ExperimentPatch(byte[] Text, bool KeepsData, bool KeepsResults)
{
    private const string Data = "training_data_reference";
    private const string Results = "training_results_reference";
    private const int MostOperations = 100;

    private static readonly string[] Parts = ["settings", "training_references", Data, Results, "tags"];

    public static async Task<(ExperimentPatch? Patch, IResult? Problem)> ReadAsync(
        HttpRequest request,
        Experiment experiment,
        int longest,
        CancellationToken cancellationToken
    )
    {
        var body = await Answers.ReadAsync<JsonElement>(request, longest, cancellationToken);
        if (body.ValueKind is not JsonValueKind.Array || body.GetArrayLength() is 0 or > MostOperations)
        {
            return (null, Unsupported("The body is no list of operations."));
        }
        var document = DocumentOf(experiment);
        var touched = new HashSet<string>(StringComparer.Ordinal);
        foreach (var operation in body.EnumerateArray())
        {
            if (Apply(document, operation, touched) is { } why)
            {
                return (null, Unsupported(why));
            }
        }
        var text = JsonSerializer.SerializeToUtf8Bytes(document, WireJson.Indented);
        return (new ExperimentPatch(text, !touched.Contains(Data), !touched.Contains(Results)), null);
    }

    private static JsonObject DocumentOf(Experiment experiment)
    {
        var document = new JsonObject
        {
            ["settings"] = ExperimentJson.Settings(experiment.Manifest),
            ["training_references"] = ExperimentJson.References(experiment.Manifest),
            // Placeholders for the stores that are kept.
            [Data] = JsonNode.Parse("""{"type":"file","source":{"bucket":"kept"}}"""),
            [Results] = JsonNode.Parse("""{"type":"file","target":{"bucket":"kept-too"}}"""),
        };
        if (ExperimentJson.Tags(experiment.Manifest) is { } tags)
        {
            document["tags"] = tags;
        }
        return document;
    }

    /// <returns>Why the operation cannot be applied; null when it was applied.</returns>
    private static string? Apply(JsonObject document, JsonElement operation, HashSet<string> touched)
    {
        if (
            operation.ValueKind is not JsonValueKind.Object
            || TextOf(operation, "op") is not ("add" or "replace" or "remove")
            || TextOf(operation, "path") is not { } path
        )
        {
            return "An operation has op (add, replace or remove), path and value.";
        }
        var steps = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (steps.Length is 0 or > 2 || !Parts.Contains(steps[0]) || (steps.Length == 2 && steps[0] != "settings"))
        {
            return $"The path is one of {string.Join(", ", Parts.Select(p => "/" + p))}, or one key of /settings.";
        }
        var parent = steps.Length == 1 ? document : document["settings"] as JsonObject;
        if (parent is null)
        {
            return "settings is no object.";
        }
        touched.Add(steps[0]);
        var removes = TextOf(operation, "op") == "remove";
        if (removes)
        {
            parent.Remove(steps[^1]);
            return null;
        }
        if (!operation.TryGetProperty("value", out var value))
        {
            return "An operation that adds or replaces has a value.";
        }
        parent[steps[^1]] = JsonNode.Parse(value.GetRawText());
        return null;
    }

    private static string? TextOf(JsonElement operation, string key) =>
        operation.TryGetProperty(key, out var value) && value.ValueKind is JsonValueKind.String
            ? value.GetString()
            : null;

    private static IResult Unsupported(string detail) =>
        Problems.Of(StatusCodes.Status400BadRequest, "unsupported_patch", detail);
}
