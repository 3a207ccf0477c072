using Trainyard.Cli.Failures;

namespace Trainyard.Cli.Packing;

/// <summary>The content of a folder that goes into its archive.</summary>
/// <param name="Entries">In the archive's order: by the characters' numbers.</param>
/// <param name="Remarks">What the user should know before it is sent: what is left out though no rule says so, and what comes from elsewhere.</param>
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
