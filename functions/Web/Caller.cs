using Microsoft.AspNetCore.Http;
using Trainyard.Contracts;
using Trainyard.Core.Pools;
using Trainyard.Core.Security;
using Trainyard.Functions.Middleware;

namespace Trainyard.Functions.Web;

/// <summary>The authenticated caller, set by <see cref="AuthenticationMiddleware"/>.</summary>
internal abstract record Caller
{
    private const string ItemKey = "Trainyard.Caller";

    /// <summary>The caller of this request. A request without one is a defect of the service, so this throws.</summary>
    public static T Of<T>(HttpRequest request)
        where T : Caller =>
        request.HttpContext.Items[ItemKey] as T
        ?? throw new InvalidOperationException($"The route was reached without a {typeof(T).Name}.");

    /// <summary>The user, on a route that needs no key; null without a valid key.</summary>
    public static UserCaller? UserOf(HttpRequest request) => request.HttpContext.Items[ItemKey] as UserCaller;

    public void AttachTo(HttpContext context) => context.Items[ItemKey] = this;
}

/// <summary>A user, by an API key.</summary>
/// <param name="Owner">The owner of the key.</param>
/// <param name="IsOperator">Whether it is an operator's key.</param>
/// <param name="KeyHash">The hash under which the key is stored.</param>
/// <param name="HasToken">Whether the caller sent a login token instead of the key itself.</param>
internal sealed record UserCaller(Owner Owner, bool IsOperator, string KeyHash, bool HasToken) : Caller
{
    public string KeyId => ApiKeyRing.IdOfHash(KeyHash);
}

/// <summary>A node of the pool, by the pool key.</summary>
internal sealed record NodeCaller : Caller;

/// <summary>The holder of a lease, by its token.</summary>
internal sealed record LeaseCaller(LeaseKey Lease, LeaseStatus Status) : Caller;
