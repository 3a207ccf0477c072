using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Trainyard.Contracts;
using Trainyard.Core.Stores;

namespace Trainyard.Functions.Web;

/// <summary>Error answers; <see cref="ProblemResult"/> decides the form.</summary>
internal static class Problems
{
    public static IResult Unauthorized =>
        Of(
            StatusCodes.Status401Unauthorized,
            "unauthorized",
            "Send an API key, as the password of Basic or as Bearer."
        );

    public static IResult TokenExpired =>
        Of(
            StatusCodes.Status401Unauthorized,
            "token_expired",
            "The login token has expired. Log in again with the API key: GET /v3/identity/token."
        );

    public static IResult Forbidden =>
        Of(StatusCodes.Status403Forbidden, "forbidden", "Only an operator's key may do this.");

    public static IResult RunNotFound =>
        Of(
            StatusCodes.Status404NotFound,
            "run_not_found",
            "There is no training run of this id. Ended runs are kept for a limited time."
        );

    public static IResult LeaseLost =>
        Of(StatusCodes.Status410Gone, "lease_lost", "The lease is not the caller's any more.");

    public static IResult Stopping =>
        Of(StatusCodes.Status503ServiceUnavailable, "stopping", "The service is stopping. Try again in a moment.");

    /// <summary>No space for the request's content. A disk's own error message is not shown to callers.</summary>
    public static IResult InsufficientStorage(Exception cause)
    {
        var known = cause as InsufficientStorageException ?? new InsufficientStorageException(cause);
        return Of(StatusCodes.Status507InsufficientStorage, "insufficient_storage", known.Message);
    }

    public static IResult Of(int status, string code, string detail, IReadOnlyList<ProblemItem>? errors = null)
    {
        var problem = new Problem
        {
            Title = ReasonPhrases.GetReasonPhrase(status),
            Status = status,
            Code = code,
            Detail = detail,
            // Clients of 2018 read the message of the first item for every kind of error.
            Errors =
                errors
                ??
                [
                    new ProblemItem
                    {
                        Code = code,
                        Message = detail,
                        Source = ProblemItem.Request,
                    },
                ],
            TraceId = Activity.Current?.TraceId.ToString(),
        };
        return new ProblemResult(problem);
    }
}
