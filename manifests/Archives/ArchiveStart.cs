using Trainyard.Manifests.Archives.Problems;
using Trainyard.Manifests.Archives.Zip;

namespace Trainyard.Manifests.Archives;

/// <summary>Checks by its size and first bytes, never by its name, whether a file is a zip.</summary>
internal static class ArchiveStart
{
    public static ArchiveProblem Empty() =>
        new(ArchiveCodes.Empty, "The archive holds no file.", null, "at least one file");

    /// <summary>Finds the archive's directory.</summary>
    /// <exception cref="ArchiveException">It is no zip, or has no directory.</exception>
    public static async Task<ZipDirectory> OpenAsync(
        Stream archive,
        ArchiveLimits limits,
        CancellationToken cancellationToken
    )
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

        return FileFormats.IsZip(start) || FileFormats.IsProgram(start)
            ? Directory(start, await ZipDirectory.FindAsync(archive, cancellationToken))
            : throw NotZip(start);
    }

    // A program may precede a zip (a zipapp's first line, a self-extracting archive), but another zip may not.
    private static ZipDirectory Directory(byte[] start, ZipDirectory? found)
    {
        if (!FileFormats.IsZip(start))
        {
            return found ?? throw NotZip(start);
        }

        return found switch
        {
            null => throw ZipProblems.Damaged("its end is missing; perhaps the upload or download broke off"),
            { Stub: > 0 } => throw ZipProblems.Damaged("its directory is not where its end says"),
            _ => found,
        };
    }

    private static ArchiveException NotZip(ReadOnlySpan<byte> start)
    {
        var found = FileFormats.Name(start) is { } name ? $"is {name}, not" : "is not";
        return ZipProblems.One(
            ArchiveCodes.NotZip,
            $"The model definition {found} a zip archive; pack the model's files as .zip.",
            "a zip archive"
        );
    }
}
