using Microsoft.AspNetCore.Http;
using Trainyard.Contracts;
using Trainyard.Core.Pools;
using Trainyard.Core.Security;
using Trainyard.Functions.Middleware;

namespace Trainyard.Functions.Web;

/// <summary>Who calls, as <see cref="AuthenticationMiddleware"/> found out.</summary>
internal abstract record Caller
{
    private const string ItemKey = "Trainyard.Caller";

    /// <summary>The caller of this request. A route that is reached without one is a defect, not an answer.</summary>
    public static T Of<T>(HttpRequest request)
        where T : Caller =>
        request.HttpContext.Items[ItemKey] as T
        ?? throw new InvalidOperationException($"The route was reached without a {typeof(T).Name}.");

    /// <summary>The user of a route that also answers to nobody; null without one.</summary>
    public static UserCaller? UserOf(HttpRequest request) => request.HttpContext.Items[ItemKey] as UserCaller;

    public void AttachTo(HttpContext context) => context.Items[ItemKey] = this;
}

/// <summary>A user, by an API key.</summary>
/// <param name="Owner">Whose key it is.</param>
/// <param name="IsOperator">Whether it may do what operators do.</param>
/// <param name="KeyHash">What the key is kept under.</param>
/// <param name="HasToken">Whether the key itself came, or a token that the caller logged in for.</param>
internal sealed record UserCaller(Owner Owner, bool IsOperator, string KeyHash, bool HasToken) : Caller
{
    public string KeyId => ApiKeyRing.IdOfHash(KeyHash);
}

/// <summary>A node of the pool, by the pool key.</summary>
internal sealed record NodeCaller : Caller;

/// <summary>The holder of a lease, by its token.</summary>
internal sealed record LeaseCaller(LeaseKey Lease, LeaseStatus Status) : Caller;
