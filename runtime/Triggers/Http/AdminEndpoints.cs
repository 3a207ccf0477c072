using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Trainyard.Runtime.Triggers.State;
using Trainyard.Runtime.Triggers.Timers;

namespace Trainyard.Runtime.Triggers.Http;

/// <summary><c>POST /admin/functions/{name}</c>: runs a timer function now, for whoever has the host's key.</summary>
internal static class AdminEndpoints
{
    public static void Map(WebApplication app) => app.MapPost("/admin/functions/{name}", FireAsync);

    private static Task FireAsync(HttpContext http)
    {
        http.Response.StatusCode = Fire(http);
        return Task.CompletedTask;
    }

    private static int Fire(HttpContext http)
    {
        var services = http.RequestServices;
        if (!services.GetRequiredService<HostKey>().Matches(http.Request.Headers[HostKey.HeaderName]))
        {
            return StatusCodes.Status401Unauthorized;
        }
        var name = (string)http.Request.RouteValues["name"]!;
        if (services.GetRequiredService<TimerService>().Find(name) is not { } listener)
        {
            return StatusCodes.Status404NotFound;
        }
        _ = listener.FireByHandAsync();
        return StatusCodes.Status202Accepted;
    }
}
