using Microsoft.AspNetCore.Http;
using Trainyard.Contracts;

namespace Trainyard.Functions.Web;

/// <summary>
/// Writes a problem in the form that the route's clients read: FfDL's below <c>/v1</c>, <c>application/problem+json</c>
/// everywhere else.
/// </summary>
internal sealed class ProblemResult(Problem problem) : IResult, IStatusCodeHttpResult
{
    public int? StatusCode => problem.Status;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (httpContext.Request.Path.StartsWithSegments("/" + Routes.Ffdl))
        {
            var error = FfdlError.Of(problem);
            return Answers.Json(error, error.Status).ExecuteAsync(httpContext);
        }
        return Results.Json(problem, WireJson.Options, Problem.MediaType, problem.Status).ExecuteAsync(httpContext);
    }
}
