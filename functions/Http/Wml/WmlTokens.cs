using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Core.Security;
using Trainyard.Functions.Security;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http.Wml;

/// <summary>
/// GET and PUT /v3/identity/token, GET /v2/identity/token: exchanges a key for a token, and refreshes a token.
/// </summary>
public sealed class WmlTokens(LoginTokens tokens, ApiKeyRing keys)
{
    [Function("WmlLogin")]
    public IResult Login(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Routes.Token)] HttpRequest request
    ) => TokenOf(Caller.Of<UserCaller>(request));

    [Function("WmlOldLogin")]
    public IResult OldLogin(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Routes.OldToken)] HttpRequest request
    ) => TokenOf(Caller.Of<UserCaller>(request));

    /// <summary>Refreshes a token. The token in the body is the only credential.</summary>
    [Function("WmlRefresh")]
    public async Task<IResult> RefreshAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Routes.Token)] HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var sent = await Answers.ReadOptionalAsync<TokenResource>(request, cancellationToken);
        var hash = sent?.Token is { } token ? tokens.Read(token) : null;
        return hash is not null && await keys.FindByHashAsync(hash, cancellationToken) is { } key
            ? Answers.Json(new TokenResource(tokens.Create(hash, key.Owner.ToString())))
            : Problems.Unauthorized;
    }

    private IResult TokenOf(UserCaller caller) =>
        Answers.Json(new TokenResource(tokens.Create(caller.KeyHash, caller.Owner.ToString())));

    private sealed record TokenResource(string? Token);
}
