using Trainyard.Manifests.Archives.Problems;
using Trainyard.Manifests.Archives.Zip;

namespace Trainyard.Manifests.Archives;

/// <summary>Whether a file is a zip at all, by its size and its first bytes; never by its name.</summary>
internal static class ArchiveStart
{
    public static ArchiveProblem Empty() =>
        new(ArchiveCodes.Empty, "The archive holds no file.", null, "at least one file");

    /// <exception cref="ArchiveException">It is none.</exception>
    public static async Task CheckAsync(Stream archive, ArchiveLimits limits, CancellationToken cancellationToken)
    {
        if (archive.Length > limits.MaxArchiveBytes)
        {
            throw ZipProblems.One(
                ArchiveCodes.TooLarge,
                $"The archive has {archive.Length} bytes.",
                $"at most {limits.MaxArchiveBytes} bytes"
            );
        }

        var start = new byte[Math.Min(archive.Length, FileFormats.BytesNeeded)];
        await archive.ReadAtAsync(0, start, cancellationToken);
        if (start.Length == 0)
        {
            throw new ArchiveException([Empty()]);
        }

        if (FileFormats.IsSplitZip(start))
        {
            throw ZipProblems.SeveralVolumes();
        }

        if (!FileFormats.IsZip(start))
        {
            var found = FileFormats.Name(start) is { } name ? $"is {name}, not" : "is not";
            throw ZipProblems.One(
                ArchiveCodes.NotZip,
                $"The model definition {found} a zip archive; pack the model's files as .zip.",
                "a zip archive"
            );
        }
    }
}
