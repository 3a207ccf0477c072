using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts;
using Trainyard.Core.Security;
using Trainyard.Functions.Web;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Functions.Http;

/// <summary>GET /v3/secrets: the names and fields of the caller's secrets; never their values.</summary>
public sealed class ListSecrets(ISecretStore secrets)
{
    [Function(nameof(ListSecrets))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.Secrets)] HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var owner = Caller.Of<UserCaller>(request).Owner;
        var resources = new List<SecretResource>();
        foreach (var name in await secrets.ListAsync(owner, cancellationToken))
        {
            // Null when the secret was destroyed since it was listed.
            if (await secrets.GetAsync(owner, name, cancellationToken) is { } secret)
            {
                resources.Add(ToResource(name, secret));
            }
        }
        return Answers.Json(new SecretListResource { Resources = resources });
    }

    private static SecretResource ToResource(SecretName name, NamedSecret secret) =>
        new()
        {
            Name = name.ToString(),
            Fields = [.. secret.Credentials.Fields.Order().Select(f => f.ToWire())],
            UpdatedAt = secret.UpdatedAt,
        };
}
