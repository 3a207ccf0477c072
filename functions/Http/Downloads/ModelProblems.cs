using System.Globalization;
using Microsoft.AspNetCore.Http;
using Trainyard.Core.Runs;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http.Downloads;

/// <summary>Why there is no model of a run to store or to download.</summary>
internal static class ModelProblems
{
    /// <summary>The answer for a run that left no model, or whose model the service has deleted.</summary>
    public static IResult Missing(TrainingRun run, int status, string detail) =>
        run.ModelReleasedAt is { } releasedAt
            ? Problems.Of(status, "model_released", Released(run, releasedAt))
            : Problems.Of(status, "model_missing", detail);

    private static string Released(TrainingRun run, DateTimeOffset at)
    {
        var bucket = run.Results?.Bucket ?? run.Manifest.TrainingResults.Bucket;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"The service's disk ran short, so it deleted its copy of this run's model at {at.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}. The model is in the results bucket '{bucket}', below {ResultKeys.Of(run, "model/")}."
        );
    }
}
