using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Trainyard.Contracts;
using Trainyard.Core.Models;
using Trainyard.Functions.Web;
using Trainyard.Manifests.Archives.Problems;

namespace Trainyard.Functions.Http.Wml;

/// <summary>Maps training definitions from and to their wire forms.</summary>
internal static class DefinitionForms
{
    private const string Source = "training_definition";
    private const int LongestText = 100_000;

    public static IResult NotFound =>
        Problems.Of(
            StatusCodes.Status404NotFound,
            "definition_not_found",
            "There is no training definition of this id, or nothing was stored in it."
        );

    public static string PathOf(TrainingDefinition definition) => $"{Routes.Definitions}/{definition.Id}";

    public static IResult BadArchive(IReadOnlyList<ArchiveProblem> errors) =>
        Problems.Of(
            StatusCodes.Status400BadRequest,
            "invalid_archive",
            "The zip is not kept.",
            [.. errors.Select(error => Item(error.Code, error.Message, error.Entry))]
        );

    public static object Of(HttpRequest request, TrainingDefinition definition, bool hasContent)
    {
        var url = ServiceAddress.Of(request, PathOf(definition));
        var version = $"{url}/versions/{definition.VersionId}";
        return new
        {
            Metadata = new ResourceMetadata
            {
                Guid = definition.Id.ToString(),
                Url = url,
                CreatedAt = definition.CreatedAt,
                ModifiedAt = definition.CreatedAt,
            },
            Entity = new
            {
                definition.Text.Name,
                definition.Text.Description,
                definition.Text.Author,
                definition.Text.Framework,
                definition.Text.Command,
                TrainingDefinitionVersion = new
                {
                    Guid = definition.VersionId.ToString(),
                    Url = version,
                    ContentUrl = $"{version}/content",
                    ContentStatus = new ContentStatusResource(hasContent ? "persisted" : "no_content"),
                    definition.CreatedAt,
                },
            },
        };
    }

    /// <summary>Reads a definition, or returns everything that is wrong with it.</summary>
    public static async Task<(DefinitionText? Text, IResult? Problem)> ReadAsync(
        HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var sent = await Answers.ReadOptionalAsync<JsonDocument>(request, cancellationToken);
        var root = sent?.RootElement ?? default;
        var framework = Find(root, "framework");
        var errors = new List<ProblemItem>();
        var name = Text(root, "name", "name", errors);
        var command = Text(root, "command", "command", errors);
        Text(framework, "name", "framework.name", errors);
        Text(framework, "version", "framework.version", errors);
        if (errors.Count > 0)
        {
            var problem = Problems.Of(
                StatusCodes.Status400BadRequest,
                "invalid_definition",
                "The training definition is not kept.",
                errors
            );
            return (null, problem);
        }
        var text = new DefinitionText
        {
            Name = name,
            Description = Find(root, "description") is { ValueKind: JsonValueKind.String } d ? d.GetString() : null,
            Author = Find(root, "author") is { ValueKind: JsonValueKind.Object } author ? author : null,
            Framework = framework,
            Command = command,
        };
        return (text, null);
    }

    private static JsonElement Find(JsonElement parent, string name) =>
        parent.ValueKind is JsonValueKind.Object && parent.TryGetProperty(name, out var value) ? value : default;

    private static string Text(JsonElement parent, string name, string path, List<ProblemItem> errors)
    {
        if (
            Find(parent, name) is { ValueKind: JsonValueKind.String } value
            && value.GetString() is { Length: > 0 and <= LongestText } text
        )
        {
            return text;
        }
        errors.Add(Item("missing_key", $"`{path}` is missing, or is no text.", path));
        return "";
    }

    private static ProblemItem Item(string code, string message, string? path) =>
        new()
        {
            Code = code,
            Message = message,
            Source = Source,
            Path = path,
        };
}
