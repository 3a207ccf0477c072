using System.Text.RegularExpressions;

namespace Trainyard.Architecture.Tests.Rules;

/// <summary>The domain knows no Azure, no Durable, no HTTP.</summary>
internal sealed partial class PureCoreRule : IRule
{
    private static readonly string[] Domain = ["contracts", "manifests", "core"];

    public IEnumerable<string> Broken(Repository repository) => Domain.SelectMany(room => Broken(repository, room));

    private static IEnumerable<string> Broken(Repository repository, string room)
    {
        var project = repository.Room(room);
        var taken = (project?.Packages ?? [])
            .Concat(project?.Frameworks ?? [])
            .Where(reference => Outside().IsMatch(reference.Name));
        foreach (var reference in taken)
        {
            yield return $"{room} takes {reference.Name}.";
        }

        foreach (var (path, text) in repository.ProductSources.Where(file => file.Key.StartsWith($"{room}/")))
        {
            foreach (var match in Using().Matches(text).Where(match => Outside().IsMatch(match.Groups["name"].Value)))
            {
                yield return $"{path} uses {match.Groups["name"].Value}.";
            }
        }
    }

    [GeneratedRegex(
        @"^(Azure|Microsoft\.Azure|Microsoft\.DurableTask|Microsoft\.AspNetCore|AWSSDK|Amazon|System\.Net\.Http)\b"
    )]
    private static partial Regex Outside();

    [GeneratedRegex(@"^\s*(global )?using (static )?(?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Using();
}
