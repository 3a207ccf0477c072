using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Routing;

namespace Trainyard.Runtime.Triggers.Http;

/// <summary>Turns what an HTTP function returned into the response.</summary>
internal static class HttpResults
{
    /// <returns>
    /// False where the value is no HTTP result; then nothing is written, as with the real ASP.NET Core integration.
    /// </returns>
    public static async Task<bool> TryWriteAsync(object? returned, HttpContext http)
    {
        switch (returned)
        {
            case IActionResult result:
                await result.ExecuteResultAsync(new ActionContext(http, http.GetRouteData(), new ActionDescriptor()));
                return true;
            case IResult result:
                await result.ExecuteAsync(http);
                return true;
            default:
                return returned is null;
        }
    }
}
