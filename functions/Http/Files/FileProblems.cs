using Microsoft.AspNetCore.Http;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http.Files;

/// <summary>Why a run's stored files cannot be listed or read.</summary>
internal static class FileProblems
{
    public static IResult NotFound =>
        Problems.Of(
            StatusCodes.Status404NotFound,
            "file_not_found",
            "The run stored no file of this path. GET /v3/models/{id}/files lists the paths."
        );

    public static IResult NotListed =>
        Problems.Of(
            StatusCodes.Status404NotFound,
            "files_not_listed",
            "An older version stored these results and kept no list. `_manifest.json` in the run's folder of the bucket has it."
        );

    public static IResult KeyExpired =>
        Problems.Of(
            StatusCodes.Status401Unauthorized,
            "download_expired",
            "This address has expired, or is none of this service's. Ask for a new one."
        );

    public static IResult TooMany =>
        Problems.Of(
            StatusCodes.Status429TooManyRequests,
            "too_many_downloads",
            "Too many downloads go through the service just now. Try again when one of yours has ended."
        );

    public static IResult NoCredentials =>
        Problems.Of(
            StatusCodes.Status409Conflict,
            "credentials_gone",
            "The run's credentials were destroyed at its end, and the service has no copy of this file. "
                + "Keep a secret that opens the bucket, and name it: secret=NAME."
        );

    public static IResult NotStored(TrainingRun run) =>
        Problems.Of(
            StatusCodes.Status409Conflict,
            "results_not_stored",
            run.Unstored is not null
                    ? "The run's results could not be stored. PUT /v3/models/{id}/results stores them with other credentials."
                : run.Phase.IsTerminal() ? "The run left no results."
                : $"Results are stored when the command has ended; the run is {run.Phase.ToWire()}."
        );

    public static IResult Of(SecretRefusedException refusal) =>
        Problems.Of(
            refusal.Code == "secret_not_found" ? StatusCodes.Status404NotFound : StatusCodes.Status400BadRequest,
            refusal.Code,
            refusal.Message
        );

    public static IResult Of(ObjectStoreException failure) =>
        Problems.Of(
            failure.Failure switch
            {
                ObjectStoreFailure.ObjectNotFound or ObjectStoreFailure.BucketNotFound => StatusCodes.Status404NotFound,
                _ when failure.IsTransient => StatusCodes.Status502BadGateway,
                _ => StatusCodes.Status409Conflict,
            },
            ObjectStoreReasons.CodeOf(failure.Failure, "results"),
            failure.Message
        );
}
