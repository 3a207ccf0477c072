using System.Text;
using System.Text.RegularExpressions;

namespace Trainyard.Cli.Packing;

/// <summary>
/// What a folder's archive leaves out: <c>.git</c>, <c>__pycache__</c>, <c>.mlignore</c>, and the patterns
/// of <c>.mlignore</c>, one a line as in .gitignore: <c>#</c> comment, <c>*</c>, <c>?</c>, <c>**</c>,
/// <c>/</c> in front or inside for a path from the top, <c>/</c> behind for folders only, <c>!</c> to keep.
/// </summary>
internal sealed class IgnorePatterns
{
    /// <summary>The file, at the top of the folder, that holds the patterns.</summary>
    public const string FileName = ".mlignore";

    private static readonly string[] Always = [".git", "__pycache__"];

    private readonly List<(Regex Pattern, bool FoldersOnly, bool Keep)> _patterns;

    private IgnorePatterns(IEnumerable<string> lines) =>
        _patterns = [.. lines.Select(Compile).OfType<(Regex, bool, bool)>()];

    public static IgnorePatterns Parse(string text) => new(text.Split('\n').Select(l => l.Trim()));

    public static IgnorePatterns OfFolder(string folder)
    {
        var file = Path.Combine(folder, FileName);
        return Parse(File.Exists(file) ? File.ReadAllText(file) : "");
    }

    /// <param name="path">Relative to the folder, with <c>/</c>.</param>
    /// <param name="isFolder">Whether it is a folder; one that is ignored is not looked into.</param>
    public bool Ignores(string path, bool isFolder)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        if (Always.Contains(name) || path == FileName)
        {
            return true;
        }

        var last = _patterns.FindLastIndex(p => (isFolder || !p.FoldersOnly) && p.Pattern.IsMatch(path));
        return last >= 0 && !_patterns[last].Keep;
    }

    private static (Regex, bool, bool)? Compile(string line)
    {
        if (line.Length == 0 || line[0] == '#')
        {
            return null;
        }

        var keep = line[0] == '!';
        var pattern = keep ? line[1..] : line;
        var foldersOnly = pattern.EndsWith('/');
        pattern = pattern.TrimEnd('/');
        var fromTop = pattern.Contains('/');
        var expression = (fromTop ? "" : "(?:.*/)?") + Translate(pattern.TrimStart('/'));
        return pattern.Length == 0
            ? null
            : (new Regex($@"\A{expression}\z", RegexOptions.NonBacktracking), foldersOnly, keep);
    }

    private static string Translate(string pattern)
    {
        var expression = new StringBuilder();
        for (var i = 0; i < pattern.Length; i++)
        {
            var rest = pattern.AsSpan(i);
            if (rest.StartsWith("**/"))
            {
                expression.Append("(?:.*/)?");
                i += 2;
            }
            else if (rest.StartsWith("**"))
            {
                expression.Append(".*");
                i++;
            }
            else
            {
                expression.Append(
                    pattern[i] switch
                    {
                        '*' => "[^/]*",
                        '?' => "[^/]",
                        var c => Regex.Escape(c.ToString()),
                    }
                );
            }
        }

        return expression.ToString();
    }
}
