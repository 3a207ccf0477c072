using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Security;
using Trainyard.Functions.Security;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Middleware;

/// <summary>
/// Authenticates every HTTP request. The path decides the kind of credential. A path that is not named here needs an
/// API key, so a new route cannot be left open by mistake.
/// </summary>
internal sealed class AuthenticationMiddleware(
    ApiKeyRing keys,
    LoginTokens tokens,
    PoolKey poolKey,
    IDispatchQueue queue
) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var http = context.GetHttpContext();
        if (http is null || await AuthenticateAsync(http))
        {
            await next(context);
        }
    }

    private async Task<bool> AuthenticateAsync(HttpContext http)
    {
        var path = http.Request.Path;
        // The page holds no data: its script calls the API with the key that the user types in.
        if (path == "/" || path.StartsWithSegments("/" + Routes.PageFiles))
        {
            return true;
        }
        if (path.Equals("/" + Routes.Health, StringComparison.OrdinalIgnoreCase))
        {
            await KnowOperatorAsync(http);
            return true;
        }
        // These routes check their own credentials: the token in the body, the S3 signature, and the sealed address.
        if (
            path.StartsWithSegments("/" + Routes.LogBuckets)
            || path.Equals("/" + Routes.Downloads, StringComparison.OrdinalIgnoreCase)
            || HttpMethods.IsPut(http.Request.Method)
                && path.Equals("/" + Routes.Token, StringComparison.OrdinalIgnoreCase)
        )
        {
            return true;
        }
        try
        {
            var caller = path.StartsWithSegments("/agents") ? await FindAgentAsync(http) : await FindUserAsync(http);
            caller?.AttachTo(http);
            if (caller is not null)
            {
                return true;
            }
        }
        catch (LeaseLostException)
        {
            await Problems.LeaseLost.ExecuteAsync(http);
            return false;
        }
        http.Response.Headers.WWWAuthenticate = "Basic realm=\"trainyard\", charset=\"UTF-8\"";
        var isOver = Credentials.OfUser(http.Request).Any(tokens.HasExpired);
        await (isOver ? Problems.TokenExpired : Problems.Unauthorized).ExecuteAsync(http);
        return false;
    }

    // Health answers everybody, and tells an operator more.
    private async Task KnowOperatorAsync(HttpContext http)
    {
        try
        {
            (await FindUserAsync(http))?.AttachTo(http);
        }
        catch (Exception) when (!http.RequestAborted.IsCancellationRequested)
        {
            // The keys are out of reach; the health check reports it.
        }
    }

    private async Task<Caller?> FindUserAsync(HttpContext http)
    {
        foreach (var text in Credentials.OfUser(http.Request))
        {
            var token = tokens.Read(text);
            var hash = token ?? ApiKeyRing.HashOf(text);
            if (await keys.FindByHashAsync(hash, http.RequestAborted) is { } key)
            {
                return new UserCaller(key.Owner, key.IsOperator, hash, HasToken: token is not null);
            }
        }
        return null;
    }

    private async Task<Caller?> FindAgentAsync(HttpContext http)
    {
        if (Credentials.OfNode(http.Request) is not { } token)
        {
            return null;
        }
        var values = http.Request.RouteValues;
        if (!values.TryGetValue("runId", out var runId))
        {
            return poolKey.Matches(token) ? new NodeCaller() : null;
        }
        if (
            !RunId.TryParse(runId as string, out var id)
            || !int.TryParse(values["attempt"]?.ToString(), out var attempt)
        )
        {
            return null;
        }
        var lease = new LeaseKey(id, attempt, token);
        return new LeaseCaller(lease, await queue.RenewAsync(lease, extend: null, http.RequestAborted));
    }
}
