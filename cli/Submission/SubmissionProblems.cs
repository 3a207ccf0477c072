using Trainyard.Cli.Failures;
using Trainyard.Cli.Screen;

namespace Trainyard.Cli.Submission;

/// <summary>Adds to a refusal everything that the service found wrong.</summary>
internal static class SubmissionProblems
{
    public static CliFailure Explain(CliFailure refusal, ProblemLines lines, string model)
    {
        var errors = refusal.Problem!.Errors!;
        var found = Words.Count(errors.Count, "problem", "problems");
        var them = errors.Count == 1 ? "it" : "them";
        var sentence = $"The service found {found}, and nothing was started: correct {them} and train again.";
        return new CliFailure(refusal.ExitCode, refusal.Code, sentence)
        {
            Problem = refusal.Problem,
            Details = [.. errors.SelectMany(item => lines.Of(item, model))],
        };
    }
}
