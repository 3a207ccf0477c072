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
    public Task<IResult> LoginAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Routes.Token)] HttpRequest request,
        CancellationToken cancellationToken
    ) => TokenOfAsync(Caller.Of<UserCaller>(request).KeyHash, cancellationToken);

    [Function("WmlOldLogin")]
    public Task<IResult> OldLoginAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Routes.OldToken)] HttpRequest request,
        CancellationToken cancellationToken
    ) => TokenOfAsync(Caller.Of<UserCaller>(request).KeyHash, cancellationToken);

    /// <summary>Refreshes a token. The token in the body is the only credential.</summary>
    [Function("WmlRefresh")]
    public async Task<IResult> RefreshAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Routes.Token)] HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var sent = await Answers.ReadOptionalAsync<TokenResource>(request, cancellationToken);
        return sent?.Token is not { } token ? Problems.Unauthorized
            : tokens.Read(token) is { } hash ? await TokenOfAsync(hash, cancellationToken)
            : tokens.HasExpired(token) ? Problems.TokenExpired
            : Problems.Unauthorized;
    }

    private async Task<IResult> TokenOfAsync(string keyHash, CancellationToken cancellationToken) =>
        await keys.FindByHashAsync(keyHash, cancellationToken) is { } key
            ? Answers.Json(new TokenResource(tokens.Create(keyHash, key.Owner.ToString(), key.ExpiresAt)))
            : Problems.Unauthorized;

    private sealed record TokenResource(string? Token);
}
