using System.Text.RegularExpressions;

namespace Trainyard.Architecture.Tests.Infra;

/// <summary>What a Bicep file declares at its top level: enough for rules, not a compiler.</summary>
internal sealed partial record BicepFile(string Path, string Text, IReadOnlyList<BicepDeclaration> Declarations)
{
    public IEnumerable<BicepDeclaration> Parameters => Of("param");

    public IEnumerable<BicepDeclaration> Outputs => Of("output");

    public IEnumerable<BicepDeclaration> Modules => Of("module");

    public bool HasDescription => FileDescription().IsMatch(Text);

    /// <summary>Type and API version of every resource, nested ones without the version they take from their parent.</summary>
    public IEnumerable<(string Type, string Version)> Resources =>
        ResourceType().Matches(Text).Select(match => (match.Groups["type"].Value, match.Groups["version"].Value));

    public static IEnumerable<BicepFile> AllOf(House house) =>
        house
            .Files.Where(file => file.Key.StartsWith("infra/") && file.Key.EndsWith(".bicep"))
            .Select(file => Parse(file.Key, file.Value));

    public static BicepFile Parse(string path, string source)
    {
        var text = BicepText.WithoutComments(source);
        return new BicepFile(path, text, [.. Statements(text).SelectMany(Declaration)]);
    }

    private IEnumerable<BicepDeclaration> Of(string kind) => Declarations.Where(each => each.Kind == kind);

    /// <summary>Top-level statements with the decorators before them: what begins at a line's start and ends where all is closed.</summary>
    private static IEnumerable<string> Statements(string text)
    {
        var statement = "";
        foreach (var line in text.Split('\n'))
        {
            statement += line + "\n";
            var isOpen = BicepText.Depth(statement) > 0;
            if (isOpen || string.IsNullOrWhiteSpace(statement) || line.StartsWith('@') || line.StartsWith("])"))
            {
                continue;
            }

            yield return statement.Trim();
            statement = "";
        }
    }

    private static IEnumerable<BicepDeclaration> Declaration(string statement)
    {
        if (Head().Match(statement) is { Success: true } head)
        {
            yield return new BicepDeclaration(
                head.Groups["kind"].Value,
                head.Groups["name"].Value,
                statement[..head.Index],
                statement[(head.Index + head.Length)..].Trim()
            );
        }
    }

    [GeneratedRegex(@"^(?<kind>param|output|module|resource|var) (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex Head();

    [GeneratedRegex(@"^metadata description = '.{10,}'$", RegexOptions.Multiline)]
    private static partial Regex FileDescription();

    [GeneratedRegex(@"resource \w+ '(?<type>Microsoft\.[\w./]+)@(?<version>[\w.-]+)'")]
    private static partial Regex ResourceType();
}

/// <param name="Kind"><c>param</c>, <c>output</c>, <c>module</c>, <c>resource</c> or <c>var</c>.</param>
/// <param name="Decorators">What stands before it.</param>
/// <param name="Rest">What stands after the name: type, value, body.</param>
internal sealed partial record BicepDeclaration(string Kind, string Name, string Decorators, string Rest)
{
    public bool HasDescription => Description().IsMatch(Decorators);

    public bool IsRequired => !Default().IsMatch(Rest);

    public string Type => Rest.Split([' ', '\n'], 2)[0];

    /// <summary>The value of an output, the body of a module.</summary>
    public string Value => Rest.IndexOf('=') is >= 0 and var equals ? Rest[(equals + 1)..] : "";

    public bool Has(string decorator) => Decorators.Contains($"@{decorator}(");

    public IReadOnlyList<string> Allowed =>
        AllowedValues().Match(Decorators) is { Success: true } match
            ? [.. match.Groups["values"].Value.Split([',', '\n'], StringSplitOptions.TrimEntries).Where(v => v != "")]
            : [];

    [GeneratedRegex(@"^@description\('.{10,}'\)$", RegexOptions.Multiline)]
    private static partial Regex Description();

    [GeneratedRegex(@"^(\{[^}]*\}|[\w?|' ]+?) = ")]
    private static partial Regex Default();

    [GeneratedRegex(@"@allowed\(\[(?<values>[^\]]*)\]\)")]
    private static partial Regex AllowedValues();
}
