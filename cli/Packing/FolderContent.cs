using Trainyard.Cli.Failures;
using Trainyard.Cli.Screen;
using Trainyard.Manifests.Archives;

namespace Trainyard.Cli.Packing;

/// <summary>The content of a folder that goes into its archive.</summary>
/// <param name="Entries">The entries in the archive's order: ordinal by path.</param>
/// <param name="Remarks">Notes for the user: entries left out without a rule, and content from outside the
/// folder.</param>
/// <param name="Bytes">The bytes of all files.</param>
internal sealed record FolderContent(IReadOnlyList<FolderEntry> Entries, IReadOnlyList<string> Remarks, long Bytes)
{
    // The most that a service takes unless its operator allows more.
    private static readonly long UsualBytes = ArchiveLimits.Default.MaxTotalBytes;

    /// <exception cref="CliFailure">Something cannot be read.</exception>
    public static FolderContent Of(string folder, CancellationToken cancellationToken)
    {
        var walk = new FolderWalk(folder, IgnorePatterns.OfFolder(folder), cancellationToken);
        walk.Run();
        return new(
            [.. walk.Entries.OrderBy(e => e.Path, StringComparer.Ordinal)],
            [.. SizeRemark(walk), .. walk.Remarks.Order(StringComparer.Ordinal)],
            walk.Bytes
        );
    }

    private static IEnumerable<string> SizeRemark(FolderWalk walk)
    {
        if (walk.Bytes > UsualBytes && walk.Entries.MaxBy(e => e.Length) is { } largest)
        {
            yield return $"it has {Words.Size(walk.Bytes)}, of which `{largest.Path}` has {Words.Size(largest.Length)}. "
                + $"A service takes {Words.Size(UsualBytes)} unless its operator allows more: list in "
                + $"{IgnorePatterns.FileName} what is not code.";
        }
    }
}
