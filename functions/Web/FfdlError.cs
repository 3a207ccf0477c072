using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Trainyard.Contracts;

namespace Trainyard.Functions.Web;

/// <summary>An error in FfDL's form, always <c>application/json</c>.</summary>
/// <param name="Code">The problem's status, even where the HTTP status has to be 400.</param>
/// <param name="Error">The problem's code.</param>
/// <param name="Description">
/// Everything that is wrong, in sentences: FfDL's command line prints only this field.
/// </param>
internal sealed record FfdlError(int Code, string Error, string Description)
{
    // For any other status, FfDL's command line prints a dump of its own structures instead of the reason.
    [JsonIgnore]
    public int Status =>
        Code
            is StatusCodes.Status401Unauthorized
                or StatusCodes.Status404NotFound
                or StatusCodes.Status405MethodNotAllowed
                or StatusCodes.Status410Gone
                or StatusCodes.Status500InternalServerError
            ? Code
            : StatusCodes.Status400BadRequest;

    public static FfdlError Of(Problem problem) => new(problem.Status, problem.Code, Describe(problem));

    private static string Describe(Problem problem)
    {
        var errors = problem.Errors ?? [];
        return errors.Any(error => error.Source != ProblemItem.Request)
            ? string.Join(" ", errors.Select(Describe))
            : problem.Detail ?? problem.Title;
    }

    private static string Describe(ProblemItem item) =>
        item.Line is { } line ? $"{item.Source}, line {line}: {item.Message}" : $"{item.Source}: {item.Message}";
}
