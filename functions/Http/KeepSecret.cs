using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Functions.Web;
using Trainyard.Manifests;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Functions.Http;

/// <summary>PUT /v3/secrets/{name}: stores a secret of the caller. No route ever returns its values.</summary>
public sealed class KeepSecret(ISecretStore secrets, TimeProvider time)
{
    [Function(nameof(KeepSecret))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Routes.Secret)] HttpRequest request,
        string secretName,
        CancellationToken cancellationToken
    )
    {
        if (!SecretName.TryParse(secretName, out var name))
        {
            return Problems.Of(
                StatusCodes.Status400BadRequest,
                "invalid_secret_name",
                $"A secret's name is {SecretName.Rule}."
            );
        }
        var sent = await Answers.ReadAsync<Dictionary<string, string?>>(request, cancellationToken);
        var fields = SecretFields.Read(sent);
        if (fields.Credentials is not { } credentials)
        {
            return Problems.Of(
                StatusCodes.Status400BadRequest,
                "invalid_secret",
                "The secret is not kept: its fields are wrong.",
                fields.Problems
            );
        }
        var secret = new NamedSecret { Credentials = credentials, UpdatedAt = time.GetUtcNow() };
        await secrets.PutAsync(Caller.Of<UserCaller>(request).Owner, name, secret, cancellationToken);
        return Results.NoContent();
    }
}
