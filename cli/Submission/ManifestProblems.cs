using Trainyard.Contracts;
using Trainyard.Manifests.Problems;

namespace Trainyard.Cli.Submission;

/// <summary>A manifest's problems as the parser has them and as the service sends them.</summary>
internal static class ManifestProblems
{
    public static ManifestProblem Of(ProblemItem item) =>
        new(item.Code, item.Message, item.Path ?? "", item.Line ?? 1, item.Column ?? 1, item.Allowed, item.Suggestion);

    public static ProblemItem Of(ManifestProblem problem) =>
        new()
        {
            Source = "manifest",
            Code = problem.Code,
            Message = problem.Message,
            Path = problem.Path,
            Line = problem.Line,
            Column = problem.Column,
            Allowed = problem.Allowed,
            Suggestion = problem.Suggestion,
        };
}
