using System.Text.RegularExpressions;

namespace Trainyard.Architecture.Tests.Rules;

/// <summary>
/// Every path that the architecture page and the README's table of folders name is there, and both name every room.
/// </summary>
internal sealed partial class DocumentedPathsRule : IRule
{
    public IEnumerable<string> Broken(Repository repository) =>
        Broken(repository, "docs/architecture.md", text => text)
            .Concat(Broken(repository, "README.md", text => string.Join('\n', text.Split('\n').Where(IsRow))));

    private static IEnumerable<string> Broken(Repository repository, string page, Func<string, string> part)
    {
        if (!repository.Files.TryGetValue(page, out var text))
        {
            yield return $"{page} is not there.";
            yield break;
        }

        var named = Paths().Matches(part(text)).Select(match => match.Groups["path"].Value).ToHashSet();
        foreach (var path in named.Where(path => !IsThere(repository, path)).Order(StringComparer.Ordinal))
        {
            yield return $"{page} names {path}, which is not there.";
        }

        var rooms = repository
            .Projects.Where(project => project.IsProduct)
            .Select(project => FirstFolder(project.Room));
        foreach (var room in rooms.Distinct().Where(room => !named.Contains(room + "/")))
        {
            yield return $"{page} does not name {room}/.";
        }
    }

    private static bool IsRow(string line) => line.StartsWith("| `", StringComparison.Ordinal);

    private static bool IsThere(Repository repository, string path) =>
        repository.Files.ContainsKey(path)
        || repository.Files.Keys.Any(file => file.StartsWith(path.TrimEnd('/') + "/", StringComparison.Ordinal));

    private static string FirstFolder(string room) => room.Split('/')[0];

    // In backticks, with a slash in it or after it.
    [GeneratedRegex("`(?<path>[A-Za-z][A-Za-z0-9_.-]*/[A-Za-z0-9_./-]*)`")]
    private static partial Regex Paths();
}
