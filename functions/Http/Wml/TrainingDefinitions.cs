using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Core.Models;
using Trainyard.Core.Stores;
using Trainyard.Functions.Web;
using Trainyard.Manifests.Archives;

namespace Trainyard.Functions.Http.Wml;

/// <summary>
/// /v3/ml_assets/training_definitions: command, framework and zip, stored before the runs that name them.
/// </summary>
public sealed class TrainingDefinitions(DefinitionRepository repository, ArchiveLimits limits)
{
    private const string Content = Routes.Definition + "/versions/{versionId}/content";

    [Function("WmlCreateDefinition")]
    public async Task<IResult> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.Definitions)] HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var (text, problem) = await DefinitionForms.ReadAsync(request, cancellationToken);
        if (text is null)
        {
            return problem!;
        }
        var owner = Caller.Of<UserCaller>(request).Owner;
        var definition = await repository.CreateAsync(owner, text, cancellationToken);
        var form = DefinitionForms.Of(request, definition, hasContent: false);
        request.HttpContext.Response.Headers.Location = ServiceAddress.Of(request, DefinitionForms.PathOf(definition));
        return Answers.Json(form, StatusCodes.Status201Created);
    }

    [Function("WmlDefinitions")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Routes.Definitions)] HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var owner = Caller.Of<UserCaller>(request).Owner;
        var resources = new List<object>();
        foreach (var definition in await repository.ListAsync(owner, cancellationToken))
        {
            resources.Add(await FormAsync(request, definition, cancellationToken));
        }
        return Answers.Json(new { Resources = resources });
    }

    [Function("WmlDefinition")]
    public async Task<IResult> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Routes.Definition)] HttpRequest request,
        string definitionId,
        CancellationToken cancellationToken
    ) =>
        await FindAsync(request, definitionId, cancellationToken) is { } definition
            ? Answers.Json(await FormAsync(request, definition, cancellationToken))
            : DefinitionForms.NotFound;

    [Function("WmlDeleteDefinition")]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Routes.Definition)] HttpRequest request,
        string definitionId,
        CancellationToken cancellationToken
    )
    {
        if (await FindAsync(request, definitionId, cancellationToken) is not { } definition)
        {
            return DefinitionForms.NotFound;
        }
        await repository.DeleteAsync(definition, cancellationToken);
        return Results.NoContent();
    }

    [Function("WmlPutDefinitionContent")]
    public async Task<IResult> PutContentAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Content)] HttpRequest request,
        string definitionId,
        string versionId,
        CancellationToken cancellationToken
    )
    {
        if (await FindAsync(request, definitionId, versionId, cancellationToken) is not { } definition)
        {
            return DefinitionForms.NotFound;
        }
        await using var bounded = new AtMostStream(request.Body, limits.MaxArchiveBytes + 1);
        await using var zip = await TemporaryFile.KeepAsync(bounded, cancellationToken);
        var inspection = await ModelArchive.InspectAsync(zip, limits, cancellationToken);
        if (!inspection.IsValid)
        {
            return DefinitionForms.BadArchive(inspection.Errors);
        }
        zip.Position = 0;
        await repository.PutContentAsync(definition, zip, cancellationToken);
        return Answers.Json(new { Ok = "true" });
    }

    [Function("WmlDefinitionContent")]
    public async Task<IResult> GetContentAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Content)] HttpRequest request,
        string definitionId,
        string versionId,
        CancellationToken cancellationToken
    ) =>
        await FindAsync(request, definitionId, versionId, cancellationToken) is { } definition
        && await repository.OpenContentAsync(definition, cancellationToken) is { } zip
            ? Results.Stream(zip, "application/octet-stream")
            : DefinitionForms.NotFound;

    private async Task<object> FormAsync(
        HttpRequest request,
        TrainingDefinition definition,
        CancellationToken cancellationToken
    ) => DefinitionForms.Of(request, definition, await repository.HasContentAsync(definition, cancellationToken));

    private async Task<TrainingDefinition?> FindAsync(HttpRequest request, string id, CancellationToken token) =>
        Guid.TryParse(id, out var known)
            ? await repository.FindAsync(Caller.Of<UserCaller>(request).Owner, known, token)
            : null;

    private async Task<TrainingDefinition?> FindAsync(
        HttpRequest request,
        string id,
        string versionId,
        CancellationToken token
    ) =>
        await FindAsync(request, id, token) is { } definition && definition.VersionId.ToString() == versionId
            ? definition
            : null;
}
