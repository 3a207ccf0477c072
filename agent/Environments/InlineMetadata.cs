namespace Trainyard.Agent.Environments;

/// <summary>Reads the metadata that a Python program declares in a comment (PEP 723).</summary>
internal static class InlineMetadata
{
    private const string Start = "# /// script";
    private const string End = "# ///";

    /// <summary>The lines of the block, including its start and end; null when there is none.</summary>
    public static string? BlockOf(string program)
    {
        var lines = program.ReplaceLineEndings("\n").Split('\n');
        var start = Array.IndexOf(lines, Start);
        if (start < 0)
        {
            return null;
        }
        // A continuing comment may contain several end lines; the last one counts.
        var comment = lines
            .Skip(start + 1)
            .TakeWhile(line => line is "#" || line.StartsWith("# ", StringComparison.Ordinal));
        var end = comment.ToList().LastIndexOf(End);
        return end < 0 ? null : string.Join('\n', lines[start..(start + end + 2)]);
    }
}
