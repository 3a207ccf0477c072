using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Trainyard.Contracts.Agents;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;
using Trainyard.Functions.Http;
using Trainyard.Functions.Web;
using Trainyard.Runtime.Engine;

namespace Trainyard.Functions.Middleware;

/// <summary>
/// Turns an exception of an HTTP function into a problem: detailed for the caller's mistakes, generic for our own.
/// </summary>
internal sealed partial class ProblemMiddleware(IHostApplicationLifetime lifetime, ILogger<ProblemMiddleware> logger)
    : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var http = context.GetHttpContext();
        if (http is null)
        {
            await next(context);
            return;
        }
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            await Problems.Stopping.ExecuteAsync(http);
        }
        catch (Exception) when (IsAbandoned(context, http))
        {
            // The client has disconnected, so there is no answer. Azure's host signals that by the function's token
            // first.
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            await Answer(e, context.FunctionDefinition.Name).ExecuteAsync(http);
        }
    }

    private static bool IsAbandoned(FunctionContext context, HttpContext http) =>
        http.RequestAborted.IsCancellationRequested || context.CancellationToken.IsCancellationRequested;

    private IResult Answer(Exception exception, string function)
    {
        // The host may wrap what a function throws.
        var cause = exception is AggregateException { InnerException: { } inner } ? inner : exception;
        switch (cause)
        {
            case InvalidContinuationException:
                return Problems.Of(StatusCodes.Status400BadRequest, "invalid_continuation", cause.Message);
            case LeaseLostException:
                return Problems.LeaseLost;
            case DurableStorageException { IsFull: true }:
            case IOException when InsufficientStorageException.IsMeantBy(cause):
                LogNoRoom(function, cause.Message);
                return Problems.InsufficientStorage(cause);
            case BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout }:
                return Problems.Of(
                    StatusCodes.Status408RequestTimeout,
                    "request_timeout",
                    "The body came too slowly and was given up. Send it again, over a faster connection."
                );
            case BadHttpRequestException bad:
                return Problems.Of(bad.StatusCode, "bad_request", bad.Message);
            // The size of a chunk is not a number.
            case IOException { InnerException: OverflowException }:
                return Problems.Of(StatusCodes.Status400BadRequest, "bad_request", "The body's chunks have no sizes.");
            case JsonException:
                return Problems.Of(
                    StatusCodes.Status400BadRequest,
                    "invalid_json",
                    "The body is not the JSON that this route takes."
                );
            default:
                LogFailure(function, Activity.Current?.TraceId.ToString(), cause);
                return Problems.Of(
                    StatusCodes.Status500InternalServerError,
                    "internal_error",
                    "The service failed. Try again; its log says more under the trace id."
                );
        }
    }

    [LoggerMessage(2, LogLevel.Warning, "{Function}: {Message}")]
    private partial void LogNoRoom(string function, string message);

    [LoggerMessage(1, LogLevel.Error, "{Function} failed (trace {TraceId})")]
    private partial void LogFailure(string function, string? traceId, Exception exception);
}
