using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts;
using Trainyard.Core.Security;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http;

/// <summary>DELETE /v3/secrets/{name}: destroys one of the caller's secrets.</summary>
public sealed class DeleteSecret(ISecretStore secrets)
{
    [Function(nameof(DeleteSecret))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Routes.Secret)] HttpRequest request,
        string secretName,
        CancellationToken cancellationToken
    )
    {
        var destroyed =
            SecretName.TryParse(secretName, out var name)
            && await secrets.DestroyAsync(Caller.Of<UserCaller>(request).Owner, name, cancellationToken);
        return destroyed
            ? Results.NoContent()
            : Problems.Of(StatusCodes.Status404NotFound, "secret_not_found", "You keep no secret of this name.");
    }
}
