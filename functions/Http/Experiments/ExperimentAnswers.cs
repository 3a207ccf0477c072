using Microsoft.AspNetCore.Http;
using Trainyard.Contracts;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http.Experiments;

/// <summary>Error answers of the experiment routes.</summary>
internal static class ExperimentAnswers
{
    public static IResult NotFound =>
        Problems.Of(StatusCodes.Status404NotFound, "experiment_not_found", "There is no experiment of this id.");

    public static IResult RunNotFound =>
        Problems.Of(
            StatusCodes.Status404NotFound,
            "experiment_run_not_found",
            "There is no such run of this experiment. Ended runs are kept for a limited time."
        );

    public static IResult Refused(IReadOnlyList<ProblemItem> problems) =>
        Problems.Of(
            StatusCodes.Status400BadRequest,
            "invalid_experiment",
            problems.Count == 1 ? "One thing is wrong." : $"{problems.Count} things are wrong.",
            problems
        );
}
