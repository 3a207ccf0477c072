using System.Text;

namespace Trainyard.Manifests.Rules;

/// <summary>
/// A command that was folded in YAML (<c>&gt;</c>) is meant as one line: YAML keeps the breaks around lines that stand further to
/// the right, and a shell would run each of them as a command of its own.
/// </summary>
internal static class FoldedCommand
{
    /// <param name="text">As YAML read it.</param>
    /// <param name="joinParagraphs">Whether empty lines part nothing either, as for FfDL.</param>
    public static string Join(string text, bool joinParagraphs)
    {
        var lines = text.Split('\n');
        var joined = new StringBuilder(lines[0].TrimEnd());
        for (var next = 1; next < lines.Length; next++)
        {
            var isContinued = joinParagraphs || IsIndented(lines[next - 1]) || IsIndented(lines[next]);
            if (isContinued)
                Continue(joined, lines[next].Trim());
            else
                joined.Append('\n').Append(lines[next].TrimEnd());
        }
        return joined.ToString();
    }

    private static void Continue(StringBuilder joined, string line)
    {
        // A line that ends in a backslash goes on anyway: the backslash would escape the space.
        while (joined.Length > 0 && joined[^1] is '\\' or ' ')
            joined.Length--;
        if (line.Length > 0)
            joined.Append(' ').Append(line);
    }

    private static bool IsIndented(string line) => line.StartsWith(' ') || line.StartsWith('\t');
}
