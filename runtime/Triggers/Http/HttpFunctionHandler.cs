using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Trainyard.Runtime.Triggers.Invocation;
using Trainyard.Runtime.Triggers.Listeners;
using Trainyard.Runtime.Triggers.State;

namespace Trainyard.Runtime.Triggers.Http;

/// <summary>Answers a request by running its function.</summary>
internal sealed partial class HttpFunctionHandler(
    FunctionDispatcher dispatcher,
    DrainClock drain,
    HostKey key,
    ILogger<HttpFunctionHandler> logger
)
{
    // The key under which the package's GetHttpContext() finds the context.
    private const string HttpContextKey = "HttpRequestContext";

    public async Task HandleAsync(HttpContext http, DiscoveredFunction function)
    {
        if (!IsAllowed(http.Request, (HttpTriggerAttribute)function.Trigger))
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, drain.Over);
        try
        {
            var returned = await dispatcher.InvokeAsync(function, RequestFor(http), cancellation.Token);
            if (!await HttpResults.TryWriteAsync(returned, http))
            {
                NotAResult(function.Name, returned!.GetType());
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            End(http, StatusCodes.Status503ServiceUnavailable);
        }
        catch (BadHttpRequestException e)
        {
            End(http, e.StatusCode);
        }
        catch (Exception e)
        {
            Failed(function.Name, e);
            End(http, StatusCodes.Status500InternalServerError);
        }
    }

    private static InvocationRequest RequestFor(HttpContext http) =>
        new()
        {
            Services = http.RequestServices,
            BindingContext = new HttpBindingContext(http),
            Item = new(HttpContextKey, http),
        };

    // Keys of single functions do not exist here, so every level above Anonymous asks for the host's.
    private bool IsAllowed(HttpRequest request, HttpTriggerAttribute trigger) =>
        trigger.AuthLevel == AuthorizationLevel.Anonymous
        || key.Matches(request.Headers[HostKey.HeaderName])
        || key.Matches(request.Query[HostKey.QueryName]);

    // The body reveals no internal error. A response that has begun is aborted, so that the caller does not take it
    // for complete.
    private static void End(HttpContext http, int status)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }
        http.Response.Clear();
        http.Response.StatusCode = status;
    }

    [LoggerMessage(
        1001,
        LogLevel.Warning,
        "Function {Function} returned {Type}, which is no HTTP result: the response has no body"
    )]
    private partial void NotAResult(string function, Type type);

    [LoggerMessage(1002, LogLevel.Error, "Function {Function} failed")]
    private partial void Failed(string function, Exception exception);
}
