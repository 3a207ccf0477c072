using System.Text.RegularExpressions;

namespace Trainyard.Architecture.Tests.Rules;

/// <summary>Every link between the repository's pages leads to a file that is there, and to a heading that it has.</summary>
internal sealed partial class DocumentedLinksRule : IRule
{
    public IEnumerable<string> Broken(Repository repository)
    {
        foreach (var (page, text) in repository.Files.Where(file => file.Key.EndsWith(".md", StringComparison.Ordinal)))
        {
            foreach (Match link in Links().Matches(text))
            {
                var path = link.Groups["path"].Value;
                var target = path.Length == 0 ? page : Resolve(page, path);
                var heading = link.Groups["heading"].Value;
                if (!IsThere(repository, target))
                {
                    yield return $"{page} links to {target}, which is not there.";
                }
                else if (heading.Length > 0 && !HeadingsOf(repository, target).Contains(heading))
                {
                    yield return $"{page} links to {target}#{heading}, which has no such heading.";
                }
            }
        }
    }

    private static string Resolve(string page, string path) =>
        Path.GetRelativePath("/", Path.GetFullPath(Path.Combine("/", Path.GetDirectoryName(page) ?? "", path)));

    private static bool IsThere(Repository repository, string target) =>
        repository.Files.ContainsKey(target)
        || repository.Files.Keys.Any(file => file.StartsWith(target.TrimEnd('/') + "/", StringComparison.Ordinal));

    // As GitHub makes them: letters, digits, hyphens and underscores stay, and a space is a hyphen.
    private static HashSet<string> HeadingsOf(Repository repository, string page) =>
        repository.Files.TryGetValue(page, out var text)
            ? [.. Headings().Matches(text).Select(heading => Anchor(heading.Groups["text"].Value))]
            : [];

    private static string Anchor(string heading) =>
        Dropped().Replace(heading.Trim().ToLowerInvariant(), "").Replace(' ', '-');

    // Not to another site, which no build can reach.
    [GeneratedRegex(@"\]\((?<path>(?![a-z]+:)[^)#\s]*)(#(?<heading>[^)\s]+))?\)")]
    private static partial Regex Links();

    [GeneratedRegex("^#+ (?<text>.*)$", RegexOptions.Multiline)]
    private static partial Regex Headings();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Dropped();
}
