using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;

namespace Trainyard.Runtime.Triggers.Http;

/// <summary>
/// Turns what an HTTP function, or a middleware in its place, returned into the response. As with the
/// real ASP.NET Core integration, a result that is none writes nothing.
/// </summary>
internal static partial class HttpResultMiddleware
{
    public static FunctionExecutionDelegate Wrap(FunctionExecutionDelegate next) =>
        context => context.GetHttpContext() is { } http ? InvokeAsync(context, http, next) : next(context);

    private static async Task InvokeAsync(FunctionContext context, HttpContext http, FunctionExecutionDelegate next)
    {
        await next(context);
        switch (context.GetInvocationResult().Value)
        {
            case IActionResult result:
                await result.ExecuteResultAsync(new ActionContext(http, http.GetRouteData(), new ActionDescriptor()));
                break;
            case IResult result:
                await result.ExecuteAsync(http);
                break;
            case { } other:
                NotAResult(
                    context.GetLogger(typeof(HttpResultMiddleware).FullName!),
                    context.FunctionDefinition.Name,
                    other.GetType()
                );
                break;
        }
    }

    [LoggerMessage(
        1001,
        LogLevel.Warning,
        "Function {Function} returned {Type}, which is no HTTP result: the response has no body"
    )]
    private static partial void NotAResult(ILogger logger, string function, Type type);
}
