using System.Text.RegularExpressions;

namespace Trainyard.Architecture.Tests;

/// <summary>What a source file declares and which words it uses; comments and texts do not count.</summary>
/// <param name="Path">Relative to the repository, with slashes.</param>
/// <param name="Namespace">The one of the file.</param>
/// <param name="Usings">The namespaces it opens.</param>
/// <param name="Declares">The types of its top level, and its extension methods with a dot before the name.</param>
/// <param name="Words">The words of its code that may name those; members with the dot before them.</param>
internal sealed partial record SourceFile(
    string Path,
    string Namespace,
    IReadOnlySet<string> Usings,
    IReadOnlyList<string> Declares,
    IReadOnlySet<string> Words
)
{
    public string Folder => ProjectFile.Folder(Path);

    public string Name => ProjectFile.LastPart(Path);

    public static SourceFile Parse(string path, string text)
    {
        var code = NotCode().Replace(text, " ");
        return new SourceFile(
            path,
            NamespaceLine().Match(code).Groups["name"].Value,
            Names(UsingLine(), code),
            [.. Names(TypeLine(), code), .. Names(ExtensionMethod(), code).Select(name => "." + name)],
            Names(Word(), UsingLine().Replace(code, ""))
        );
    }

    /// <summary>Whether the types of the other file can be named here without their namespace.</summary>
    public bool Sees(SourceFile other) =>
        Usings.Contains(other.Namespace)
        || Namespace == other.Namespace
        || Namespace.StartsWith(other.Namespace + ".", StringComparison.Ordinal);

    private static HashSet<string> Names(Regex regex, string code) =>
        [.. regex.Matches(code).Select(match => match.Groups["name"].Value)];

    // Comments, then raw, verbatim and plain texts, then characters. What an interpolated text inserts is lost with it.
    [GeneratedRegex(
        """"
            //[^\n]*|/\*.*?\*/|"""+.*?"""+|@"(?:[^"]|"")*"|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)+'
            """",
        RegexOptions.Singleline
    )]
    private static partial Regex NotCode();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+)", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"^\s*(?:global )?using (?:static )?(?:\w+ = )?(?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex UsingLine();

    [GeneratedRegex(
        @"^(?:public |internal |file )?(?:abstract |sealed |static |readonly |partial |ref )*(?:class|record struct|record|struct|interface|enum|delegate [\w<>?\[\]]+) (?<name>\w+)",
        RegexOptions.Multiline
    )]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"\bstatic\b[^;=\n(]*?(?<name>\w+)(?:<[^>\n]*>)?\(\s*this ")]
    private static partial Regex ExtensionMethod();

    [GeneratedRegex(
        @"(?<![\w.])(?<name>[A-Z]\w*)|(?<=\w|\)|\])\??(?<name>\.[A-Z]\w*)|^\s+(?<name>\.[A-Z]\w*)",
        RegexOptions.Multiline
    )]
    private static partial Regex Word();
}
