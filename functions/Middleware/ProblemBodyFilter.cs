using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Middleware;

/// <summary>
/// Adds a problem body to requests that are refused before any function runs: an unknown path, a method that the route
/// does not take, a request that cannot be read.
/// </summary>
internal sealed class ProblemBodyFilter : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            app.Use(AnswerAsync);
            next(app);
        };

    private static async Task AnswerAsync(HttpContext http, RequestDelegate next)
    {
        await next(http);
        var response = http.Response;
        if (
            response.HasStarted
            || response.StatusCode < 400
            || response.ContentType is not null
            || response.ContentLength > 0
        )
        {
            return;
        }
        var (code, detail) = response.StatusCode switch
        {
            StatusCodes.Status404NotFound => ("route_not_found", "The service has no such path."),
            StatusCodes.Status405MethodNotAllowed => (
                "method_not_allowed",
                $"This path takes {response.Headers.Allow}, not {http.Request.Method}."
            ),
            StatusCodes.Status401Unauthorized => ("unauthorized", "This path takes the host's own key."),
            >= 500 => ("internal_error", "The service failed. Try again; its log says more under the trace id."),
            _ => ("bad_request", "The request cannot be answered."),
        };
        await Problems.Of(response.StatusCode, code, detail).ExecuteAsync(http);
    }
}
