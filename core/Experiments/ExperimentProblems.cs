using Trainyard.Contracts;
using Trainyard.Core.Runs;
using Trainyard.Manifests.Experiments.Model;
using Trainyard.Manifests.Problems;

namespace Trainyard.Core.Experiments;

/// <summary>Problems with an experiment, worded for clients.</summary>
internal static class ExperimentProblems
{
    private const string Source = "experiment";

    public static ProblemItem Of(ManifestProblem problem) => SubmissionProblems.Of(problem) with { Source = Source };

    public static ProblemItem NoDefinition(TrainingReference reference, int index) =>
        new()
        {
            Code = "definition_not_found",
            Message = $"'{reference.Name}' names no training definition of yours.",
            Source = Source,
            Path = $"training_references[{index}].training_definition_url",
            Allowed = "the address of a stored training definition",
        };

    public static ProblemItem NoContent(TrainingReference reference, int index) =>
        new()
        {
            Code = "definition_empty",
            Message = $"No zip was stored in the training definition of '{reference.Name}' yet.",
            Source = Source,
            Path = $"training_references[{index}].training_definition_url",
        };

    /// <summary>Assigns a problem of a reference's training run to that reference.</summary>
    public static ProblemItem OfReference(TrainingReference reference, int index, ProblemItem problem) =>
        problem with
        {
            Message = $"'{reference.Name}': {problem.Message}",
            Source = Source,
            Path = $"training_references[{index}]",
            Line = null,
            Column = null,
        };
}
