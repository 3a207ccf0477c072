using Trainyard.Manifests.Archives.Problems;

namespace Trainyard.Manifests.Archives.Zip;

/// <summary>Problems after which nothing more can be read.</summary>
internal static class ZipProblems
{
    public static ArchiveException Damaged(string why) =>
        One(ArchiveCodes.Damaged, $"The archive is damaged: {why}.", "an undamaged zip archive");

    public static ArchiveException SeveralVolumes() =>
        One(ArchiveCodes.SeveralVolumes, "The archive is split over several files.", "one zip archive");

    public static ArchiveException One(string code, string message, string? allowed = null) =>
        new([new ArchiveProblem(code, message, null, allowed)]);
}
