using System.Text;
using System.Text.RegularExpressions;
using Trainyard.Runtime.Triggers.Settings;

namespace Trainyard.Runtime.Triggers.Blobs;

/// <summary>
/// <c>container/{placeholder}/…</c>. A placeholder takes as much as it can, slashes too, as in the real host;
/// <c>{{</c> and <c>}}</c> stand for braces.
/// </summary>
internal sealed partial class BlobPattern
{
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);
    private readonly Regex _names;

    private BlobPattern(string container, Regex names)
    {
        Container = container;
        _names = names;
    }

    public string Container { get; }

    public IEnumerable<string> Placeholders => _names.GetGroupNames().Where(name => name != "0");

    /// <exception cref="HostStartException">The text is no such pattern.</exception>
    public static BlobPattern Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var container = slash < 0 ? text : text[..slash];
        if (!ContainerName.IsMatch(container))
        {
            throw Invalid(text, "it must begin with a container name of lower-case letters, digits and dashes");
        }
        // A container alone means everything in it.
        var names = slash < 0 ? "^.*$" : Expression(text, text[(slash + 1)..]);
        return new BlobPattern(
            container,
            new Regex(names, RegexOptions.CultureInvariant | RegexOptions.Singleline, MatchTimeout)
        );
    }

    /// <returns>The placeholders' values; null where the name does not match.</returns>
    public IReadOnlyDictionary<string, string>? Match(string name)
    {
        var match = _names.Match(name);
        return match.Success
            ? Placeholders.ToDictionary(
                placeholder => placeholder,
                placeholder => match.Groups[placeholder].Value,
                StringComparer.OrdinalIgnoreCase
            )
            : null;
    }

    private static string Expression(string text, string names)
    {
        var expression = new StringBuilder("^");
        var end = 0;
        foreach (Match part in Part.Matches(names))
        {
            expression.Append(
                part.Groups["name"] is { Success: true } placeholder
                    ? $"(?<{placeholder.Value}>.*)"
                    : Regex.Escape(part.Value is "{{" or "}}" ? part.Value[..1] : part.Value)
            );
            end = part.Index + part.Length;
        }
        return end == names.Length
            ? expression.Append('$').ToString()
            : throw Invalid(text, $"'{names[end..]}' is neither text nor a placeholder");
    }

    private static HostStartException Invalid(string text, string why) =>
        new($"The blob path '{text}' is not valid: {why}.");

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ContainerName { get; }

    [GeneratedRegex(
        @"\G(?:\{\{|\}\}|\{(?<name>[A-Za-z_][A-Za-z0-9_]*)\}|[^{}]+)",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Part { get; }
}
