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
        if (result.Manifest is { } understood)
        {
            foreach (var warning in await OfModelAsync(understood, archive, cancellationToken))
            {
                session.Note(lines.Of(warning, archive.Name));
            }
        }
    }

    // What is wrong with the model is for the service to say; it refuses it.
    private static async Task<IReadOnlyList<ArchiveProblem>> OfModelAsync(
        TrainingManifest manifest,
        OutgoingArchive archive,
        CancellationToken cancellationToken
    )
    {
        await using var zip = archive.Open();
        var inspection = await ModelArchive.InspectAsync(zip, cancellationToken: cancellationToken);
        if (!inspection.IsValid)
        {
            return [];
        }
        var program = MainProgram.Check(manifest.Command, inspection.FileNames);
        return program is null ? inspection.Warnings : [.. inspection.Warnings, program];
    }
}
