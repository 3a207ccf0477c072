using Trainyard.Cli.Screen;
using Trainyard.Core.Contracts;

namespace Trainyard.Cli.Submission;

/// <summary>Prints what the service found wrong where the user can see it: in their own file.</summary>
internal sealed class SubmissionProblems(Terminal terminal, ManifestFile manifest, string model)
{
    private const string InManifest = "manifest";

    public CliFailure Explain(CliFailure refusal)
    {
        var errors = refusal.Problem!.Errors!;
        var found = Words.Count(errors.Count, "problem", "problems");
        var them = errors.Count == 1 ? "it" : "them";
        var sentence = $"The service found {found}, and nothing was started: correct {them} and train again.";
        return new CliFailure(refusal.ExitCode, refusal.Code, sentence)
        {
            Problem = refusal.Problem,
            Details = [.. errors.SelectMany(Lines)],
        };
    }

    private IEnumerable<string> Lines(ProblemItem item) =>
        new ProblemLines(terminal).Of(item, item.Source == InManifest ? PlaceInManifest(item) : model);

    private string PlaceInManifest(ProblemItem item) =>
        item.Line is { } line ? $"{manifest.Name}:{line}:{item.Column ?? 1}" : manifest.Name;
}
