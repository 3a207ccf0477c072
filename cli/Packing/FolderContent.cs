using Trainyard.Cli.Failures;

namespace Trainyard.Cli.Packing;

/// <summary>The content of a folder that goes into its archive.</summary>
/// <param name="Entries">The entries in the archive's order: ordinal by path.</param>
/// <param name="Remarks">Notes for the user: entries left out without a rule, and content from outside the
/// folder.</param>
internal sealed record FolderContent(IReadOnlyList<FolderEntry> Entries, IReadOnlyList<string> Remarks)
{
    /// <exception cref="CliFailure">Something cannot be read.</exception>
    public static FolderContent Of(string folder, CancellationToken cancellationToken)
    {
        var walk = new FolderWalk(folder, IgnorePatterns.OfFolder(folder), cancellationToken);
        walk.Run();
        return new(
            [.. walk.Entries.OrderBy(e => e.Path, StringComparer.Ordinal)],
            [.. walk.Remarks.Order(StringComparer.Ordinal)]
        );
    }
}
