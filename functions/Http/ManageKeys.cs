using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts;
using Trainyard.Core.Security;
using Trainyard.Functions.Web;
using Trainyard.Manifests.Reading;

namespace Trainyard.Functions.Http;

/// <summary>/v3/keys: an operator creates, lists and revokes keys; an owner lists and revokes their own.</summary>
public sealed class ManageKeys(ApiKeyRing keys)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    [Function("CreateKey")]
    public async Task<IResult> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.Keys)] HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        if (!Caller.Of<UserCaller>(request).IsOperator)
        {
            return Problems.Forbidden;
        }
        var body = await Answers.ReadAsync<CreateKeyRequest>(request, cancellationToken);
        if (body.Unknown is { Count: > 0 })
        {
            return Problems.Of(
                StatusCodes.Status400BadRequest,
                "unknown_field",
                "The body has a field that does not exist: it takes owner and expires_in alone."
            );
        }
        if (!Owner.TryParse(body.Owner, out var owner))
        {
            return Problems.Of(
                StatusCodes.Status400BadRequest,
                "invalid_owner",
                "An owner is 1 to 64 of a-z, 0-9, '.', '_' and '-', and begins with a letter or digit."
            );
        }
        var lifetime = body.ExpiresIn is { } text ? DurationText.Read(text) : null;
        if (body.ExpiresIn is not null && (lifetime is null || lifetime < Shortest || lifetime > Longest))
        {
            return Problems.Of(
                StatusCodes.Status400BadRequest,
                "invalid_expiry",
                "expires_in is a duration from 1m to 3650d, such as 90d or 12h."
            );
        }
        var made = await keys.CreateAsync(owner, isOperator: false, lifetime, cancellationToken);
        var resource = new ApiKeyResource
        {
            Owner = owner.ToString(),
            Key = made.Text,
            Id = made.Id,
            ExpiresAt = made.Key.ExpiresAt,
        };
        return Answers.Json(resource, StatusCodes.Status201Created);
    }

    [Function("ListKeys")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.Keys)] HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var caller = Caller.Of<UserCaller>(request);
        var all = await keys.ListAsync(cancellationToken)
            .Where(k => IsOpenTo(caller, k.Key))
            .ToListAsync(cancellationToken);
        return Answers.Json(
            new KeyListResource
            {
                Resources =
                [
                    .. all.OrderBy(k => k.Key.Owner.ToString(), StringComparer.Ordinal)
                        .ThenBy(k => k.Key.CreatedAt)
                        .Select(k => new ListedKeyResource
                        {
                            Id = k.Id,
                            Owner = k.Key.Owner.ToString(),
                            IsOperator = k.Key.IsOperator,
                            CreatedAt = k.Key.CreatedAt,
                            ExpiresAt = k.Key.ExpiresAt,
                            IsOwn = k.Id == caller.KeyId,
                        }),
                ],
            }
        );
    }

    [Function("RevokeKey")]
    public async Task<IResult> RevokeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Routes.Key)] HttpRequest request,
        string keyId,
        CancellationToken cancellationToken
    )
    {
        var caller = Caller.Of<UserCaller>(request);
        if (keyId == caller.KeyId)
        {
            return Problems.Of(
                StatusCodes.Status409Conflict,
                "own_key",
                "This is the key of this request: take it away by another key."
            );
        }
        var key = await keys.GetAsync(keyId, cancellationToken);
        return key is not null && IsOpenTo(caller, key) && await keys.RevokeAsync(keyId, cancellationToken)
            ? Results.NoContent()
            : Problems.Of(StatusCodes.Status404NotFound, "key_not_found", "There is no key of this id.");
    }

    // An owner may have ordinary keys and an operator's key. Ordinary keys can neither list nor revoke the operator's.
    private static bool IsOpenTo(UserCaller caller, ApiKey key) =>
        caller.IsOperator || (key.Owner == caller.Owner && !key.IsOperator);
}
