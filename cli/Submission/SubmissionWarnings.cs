using Trainyard.Cli.Sessions;
using Trainyard.Manifests;
using Trainyard.Manifests.Archives;
using Trainyard.Manifests.Archives.Problems;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Reading;

namespace Trainyard.Cli.Submission;

/// <summary>
/// Warns of likely mistakes before a submission is sent. Only the service decides what is an error.
/// </summary>
internal static class SubmissionWarnings
{
    public static async Task PrintAsync(
        Session session,
        ManifestFile manifest,
        OutgoingArchive archive,
        ProblemLines lines,
        CancellationToken cancellationToken
    )
    {
        var result = ManifestParser.Parse(manifest.Bytes, mode: ManifestParseMode.Offline);
        foreach (var warning in result.Warnings)
        {
            session.Note([.. lines.Of(warning, ProblemLines.Warning)]);
        }
        if (
            result.Manifest is { } understood
            && await CheckProgramAsync(understood, archive, cancellationToken) is { } problem
        )
        {
            session.Note(lines.Of(problem, archive.Name));
        }
    }

    private static async Task<ArchiveProblem?> CheckProgramAsync(
        TrainingManifest manifest,
        OutgoingArchive archive,
        CancellationToken cancellationToken
    )
    {
        await using var zip = archive.Open();
        var inspection = await ModelArchive.InspectAsync(zip, cancellationToken: cancellationToken);
        return inspection.IsValid ? MainProgram.Check(manifest.Command, inspection.FileNames) : null;
    }
}
