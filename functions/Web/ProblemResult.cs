using Microsoft.AspNetCore.Http;
using Trainyard.Contracts;

namespace Trainyard.Functions.Web;

/// <summary>
/// A problem in the form that the route's clients read: below <c>/v1</c> the one of FfDL, everywhere else
/// <c>application/problem+json</c>.
/// </summary>
internal sealed class ProblemResult(Problem problem) : IResult
{
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
