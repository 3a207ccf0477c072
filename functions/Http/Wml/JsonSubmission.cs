using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Trainyard.Core.Models;
using Trainyard.Functions.Web;
using Trainyard.Manifests.Text;

namespace Trainyard.Functions.Http.Wml;

/// <summary>
/// Reads a submission of the clients of 2018: a JSON manifest that names a training definition for the code. Name,
/// framework and command in the manifest override the definition's.
/// </summary>
public sealed class JsonSubmission(DefinitionRepository definitions, ManifestLimits limits)
{
    private const string Definitions = "training_definitions/";
    private const int GuidLength = 36;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };
    private static readonly JsonSerializerOptions Lines = new() { WriteIndented = true };

    internal static bool IsMeantBy(HttpRequest request) =>
        request.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Reads the manifest and the zip, or returns the problem with the submission.</summary>
    internal async Task<(DefinedSubmission? Read, IResult? Problem)> ReadAsync(
        HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var body = await BoundedBody.ReadAsync(request, limits.MaxBytes, cancellationToken);
        if (JsonNode.Parse(body, documentOptions: Strict) is not JsonObject manifest)
        {
            throw new JsonException("The body is no object.");
        }
        if (
            manifest["model_definition"] is not JsonObject model
            || (model["definition_href"] as JsonValue)?.ToString() is not { } href
        )
        {
            return Refused(
                "definition_href_missing",
                "Name a stored training definition in model_definition.definition_href, or send manifest and zip as multipart/form-data."
            );
        }
        if (await FindAsync(request, href, cancellationToken) is not { } definition)
        {
            return Refused(
                "definition_not_found",
                "model_definition.definition_href names no training definition of yours."
            );
        }
        if (await definitions.OpenContentAsync(definition, cancellationToken) is not { } archive)
        {
            return Refused("definition_empty", "No zip was stored in the training definition yet.");
        }
        Complete(model, definition.Text);
        var completed = JsonSerializer.SerializeToUtf8Bytes(manifest, Lines);
        return (new DefinedSubmission(completed, archive, definition.Id), null);
    }

    private static void Complete(JsonObject model, DefinitionText text)
    {
        model.Remove("definition_href");
        model["name"] ??= text.Name;
        model["framework"] ??= JsonObject.Create(text.Framework);
        model["execution"] ??= new JsonObject();
        if (model["execution"] is JsonObject execution)
        {
            execution["command"] ??= text.Command;
        }
    }

    // The href may have any host, and may end with the version or /content.
    private async Task<TrainingDefinition?> FindAsync(
        HttpRequest request,
        string href,
        CancellationToken cancellationToken
    )
    {
        var at = href.LastIndexOf(Definitions, StringComparison.Ordinal);
        var id = at < 0 ? href : href[(at + Definitions.Length)..];
        return id.Length >= GuidLength && Guid.TryParse(id[..GuidLength], out var known)
            ? await definitions.FindAsync(Caller.Of<UserCaller>(request).Owner, known, cancellationToken)
            : null;
    }

    private static (DefinedSubmission?, IResult?) Refused(string code, string detail) =>
        (null, Problems.Of(StatusCodes.Status400BadRequest, code, detail));
}

/// <summary>A manifest whose code is that of a stored training definition.</summary>
internal sealed record DefinedSubmission(byte[] Manifest, Stream Archive, Guid DefinitionId) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Archive.DisposeAsync();
}
