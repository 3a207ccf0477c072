using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Middleware;

/// <summary>
/// Refuses compressed bodies: no route unpacks one, and each would fail with a different, misleading error.
/// </summary>
internal sealed class CodedBodyMiddleware : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var http = context.GetHttpContext();
        var coding = http?.Request.Headers.ContentEncoding.ToString().Trim();
        if (
            http is null
            || string.IsNullOrEmpty(coding)
            || coding.Equals("identity", StringComparison.OrdinalIgnoreCase)
        )
        {
            await next(context);
            return;
        }
        await Problems
            .Of(
                StatusCodes.Status415UnsupportedMediaType,
                "unsupported_content_encoding",
                "Send the body as it is, without Content-Encoding."
            )
            .ExecuteAsync(http);
    }
}
