using System.Net;
using System.Text.Json;
using Trainyard.Cli.Failures;
using Trainyard.Cli.Json;
using Trainyard.Cli.Settings;
using Trainyard.Contracts;

namespace Trainyard.Cli.Service;

/// <summary>Turns an error answer into a sentence and an exit code.</summary>
internal static class ServiceRefusal
{
    private const int LargestProblem = 4 * 1024 * 1024;

    public static async Task<CliFailure> FromAsync(
        HttpResponseMessage response,
        ServiceSettings settings,
        CancellationToken cancellationToken
    )
    {
        var problem = await ReadProblemAsync(response, cancellationToken);
        return new CliFailure(
            CodeOf(response.StatusCode),
            problem?.Code ?? "service_error",
            Sentence(response.StatusCode, problem, settings)
        )
        {
            Problem = problem,
        };
    }

    private static ExitCode CodeOf(HttpStatusCode status) =>
        status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ExitCode.NotAllowed,
            HttpStatusCode.NotFound or HttpStatusCode.Gone => ExitCode.NotFound,
            HttpStatusCode.Conflict => ExitCode.Conflict,
            HttpStatusCode.TooManyRequests => ExitCode.ServiceError,
            >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError => ExitCode.InvalidInput,
            _ => ExitCode.ServiceError,
        };

    private static string Sentence(HttpStatusCode status, Problem? problem, ServiceSettings settings) =>
        status switch
        {
            HttpStatusCode.Unauthorized when settings.Authorization is null =>
                $"The service at {settings.Address} wants a key: set ML_USERNAME and ML_PASSWORD (the password is the key)"
                    + (settings.KeyFile is { } file ? $", or put the key in {file}." : "."),
            HttpStatusCode.Unauthorized =>
                $"The service at {settings.Address} does not know this key: check ML_PASSWORD"
                    + (settings.KeyFile is { } file ? $" or {file}" : "")
                    + ", or ask its operator for another key.",
            HttpStatusCode.NotFound when problem?.Code is "run_not_found" =>
                $"{SentenceOf(problem)} 'bx ml list training-runs' prints those there are.",
            HttpStatusCode.NotFound when problem?.Code is "secret_not_found" =>
                $"{SentenceOf(problem)} 'bx ml list secrets' prints those there are.",
            HttpStatusCode.NotFound when problem?.Code is "key_not_found" =>
                $"{SentenceOf(problem)} 'bx ml list keys' prints those there are.",
            >= HttpStatusCode.InternalServerError when problem?.TraceId is { } trace =>
                $"{SentenceOf(problem)} (trace {trace})",
            >= HttpStatusCode.Ambiguous and < HttpStatusCode.BadRequest =>
                $"{settings.Address} is not where the service is, it leads on to another address: set ML_ENV to the "
                    + "service's own (https instead of http?).",
            _ => SentenceOf(problem)
                ?? $"The service at {settings.Address} failed (HTTP {(int)status}): try again, and look at its log.",
        };

    // The title only repeats the status in words where there is a detail.
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(problem))]
    private static string? SentenceOf(Problem? problem) =>
        problem is null ? null
        : string.IsNullOrWhiteSpace(problem.Detail) ? problem.Title
        : problem.Detail;

    // One item may repeat the problem itself, for old clients that read only the items.
    private static Problem? WithoutRepetition(Problem? problem)
    {
        var errors = problem?.Errors?.Where(e => e.Source != ProblemItem.Request).ToList();
        return problem is null ? null : problem with { Errors = errors is { Count: > 0 } ? errors : null };
    }

    private static async Task<Problem?> ReadProblemAsync(
        HttpResponseMessage response,
        CancellationToken cancellationToken
    )
    {
        if (response.Content.Headers.ContentType?.MediaType != Problem.MediaType)
        {
            return null;
        }
        try
        {
            return await BoundedBody.ReadAsync(response.Content, LargestProblem, cancellationToken) is { } body
                ? WithoutRepetition(JsonSerializer.Deserialize(body.Span, CliJson.Wire.Problem))
                : null;
        }
        catch (Exception e)
            when (e is JsonException or InvalidOperationException or IOException or HttpRequestException)
        {
            return null;
        }
    }
}
