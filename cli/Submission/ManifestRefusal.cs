using Trainyard.Cli.Failures;
using Trainyard.Cli.Screen;
using Trainyard.Cli.Sessions;
using Trainyard.Manifests.Problems;

namespace Trainyard.Cli.Submission;

/// <summary>Prints a file's warnings, and refuses a file with errors, before anything is sent.</summary>
internal static class ManifestRefusal
{
    public static void ThrowIfAny(
        Session session,
        ManifestFile file,
        IReadOnlyList<ManifestProblem> errors,
        IReadOnlyList<ManifestProblem> warnings
    )
    {
        var lines = new ProblemLines(session.Terminal, file);
        foreach (var line in warnings.SelectMany(w => lines.Of(w, ProblemLines.Warning)))
        {
            session.Terminal.ErrorLine(line);
        }
        if (errors.Count > 0)
        {
            var found = Words.Count(errors.Count, "problem", "problems");
            throw new CliFailure(
                ExitCode.InvalidInput,
                "invalid_manifest",
                $"'{file.Name}' has {found}: correct {(errors.Count == 1 ? "it" : "them")} before it is sent."
            )
            {
                Details = [.. errors.SelectMany(e => lines.Of(e))],
            };
        }
    }
}
