using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts;
using Trainyard.Core.Security;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http;

/// <summary>POST /v3/keys: an operator makes a key for an owner.</summary>
public sealed class CreateKey(ApiKeyRing keys)
{
    [Function(nameof(CreateKey))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.Keys)] HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        if (!Caller.Of<UserCaller>(request).IsOperator)
            return Problems.Forbidden;
        var body = await Answers.ReadAsync<CreateKeyRequest>(request, cancellationToken);
        if (!Owner.TryParse(body.Owner, out var owner))
            return Problems.Of(
                StatusCodes.Status400BadRequest,
                "invalid_owner",
                "An owner is 1 to 64 of a-z, 0-9, '.', '_' and '-', and begins with a letter or digit."
            );
        var key = await keys.CreateAsync(owner, isOperator: false, cancellationToken);
        return Answers.Json(new ApiKeyResource { Owner = owner.ToString(), Key = key }, StatusCodes.Status201Created);
    }
}
