using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Functions.Middleware;
using Trainyard.Manifests;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Functions.Http;

/// <summary>
/// The caller's named secrets: PUT /v3/secrets/{name} keeps one, GET /v3/secrets tells which there are, DELETE destroys
/// one. Values go in and never come out.
/// </summary>
public sealed class KeepSecret(ISecretStore secrets, TimeProvider time)
{
    [Function(nameof(KeepSecret))]
    public async Task<IResult> KeepAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Routes.Secret)] HttpRequest request,
        string secretName,
        CancellationToken cancellationToken
    )
    {
        if (!SecretName.TryParse(secretName, out var name))
            return Problems.Of(
                StatusCodes.Status400BadRequest,
                "invalid_secret_name",
                $"A secret's name is {SecretName.Rule}."
            );
        var sent = await Answers.ReadAsync<Dictionary<string, string?>>(request, cancellationToken);
        var fields = SecretFields.Read(sent);
        if (fields.Credentials is not { } credentials)
            return Problems.Of(
                StatusCodes.Status400BadRequest,
                "invalid_secret",
                "The secret is not kept: its fields are wrong.",
                fields.Problems
            );
        var secret = new NamedSecret { Credentials = credentials, UpdatedAt = time.GetUtcNow() };
        await secrets.PutAsync(OwnerOf(request), name, secret, cancellationToken);
        return Results.NoContent();
    }

    [Function("ListSecrets")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.Secrets)] HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var owner = OwnerOf(request);
        var resources = new List<SecretResource>();
        foreach (var name in await secrets.ListAsync(owner, cancellationToken))
        {
            // Destroyed since it was listed: then it is not there.
            if (await secrets.GetAsync(owner, name, cancellationToken) is { } secret)
                resources.Add(ToResource(name, secret));
        }
        return Answers.Json(new SecretListResource { Resources = resources });
    }

    [Function("DeleteSecret")]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Routes.Secret)] HttpRequest request,
        string secretName,
        CancellationToken cancellationToken
    )
    {
        var destroyed =
            SecretName.TryParse(secretName, out var name)
            && await secrets.DestroyAsync(OwnerOf(request), name, cancellationToken);
        return destroyed
            ? Results.NoContent()
            : Problems.Of(StatusCodes.Status404NotFound, "secret_not_found", "You keep no secret of this name.");
    }

    private static Owner OwnerOf(HttpRequest request) => Caller.Of<UserCaller>(request).Owner;

    private static SecretResource ToResource(SecretName name, NamedSecret secret) =>
        new()
        {
            Name = name.ToString(),
            Fields = [.. secret.Credentials.Fields.Order().Select(f => f.ToWire())],
            UpdatedAt = secret.UpdatedAt,
        };
}
