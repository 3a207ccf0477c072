using Trainyard.Contracts;
using Trainyard.Manifests.Archives.Problems;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;

namespace Trainyard.Core.Runs;

/// <summary>Problems with a submission, worded for clients.</summary>
internal static class SubmissionProblems
{
    public const string ManifestSource = "manifest";
    private const string ArchiveSource = "model_definition";

    public static ProblemItem ArchiveMissing { get; } =
        new()
        {
            Code = "archive_missing",
            Message = "The model archive is missing.",
            Source = ArchiveSource,
            Allowed = "a zip file in the part model_definition",
        };

    /// <summary>The id derived from the client's key is taken.</summary>
    public static ProblemItem KeyNotUsable { get; } =
        new()
        {
            Code = "idempotency_key_not_usable",
            Message = "This Idempotency-Key cannot be used. Choose another one.",
            Source = ManifestSource,
        };

    /// <summary>The limit of waiting runs is reached.</summary>
    public static ProblemItem TooManyWaiting(string message) =>
        new()
        {
            Code = "too_many_waiting",
            Message = $"{message} Submit it again when some have begun, or cancel some.",
            Source = ManifestSource,
        };

    /// <summary>A pool that the operator does not list.</summary>
    public static ProblemItem UnknownPool(string name, IReadOnlyList<string> known, KeyPlace? place) =>
        new()
        {
            Code = "unknown_pool",
            Message = $"There is no pool '{name}'.",
            Source = ManifestSource,
            Path = "pool",
            Line = place?.Line,
            Column = place?.Column,
            Allowed = string.Join(", ", known),
        };

    public static ProblemItem Of(ManifestProblem problem) =>
        new()
        {
            Code = problem.Code,
            Message = problem.Message,
            Source = ManifestSource,
            Path = problem.Path,
            Line = problem.Line,
            Column = problem.Column,
            Allowed = problem.Allowed,
            Suggestion = problem.Suggestion,
        };

    public static ProblemItem Of(ArchiveProblem problem) =>
        new()
        {
            Code = problem.Code,
            Message = problem.Message,
            Source = ArchiveSource,
            Path = problem.Entry,
            Allowed = problem.Allowed,
        };
}
