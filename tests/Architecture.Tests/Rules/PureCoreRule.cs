using System.Text.RegularExpressions;

namespace Trainyard.Architecture.Tests.Rules;

/// <summary>The domain knows no Azure, no Durable, no HTTP.</summary>
internal sealed partial class PureCoreRule : IRule
{
    private static readonly string[] Domain = ["contracts", "manifests", "core"];

    public IEnumerable<string> Broken(House house) => Domain.SelectMany(room => Broken(house, room));

    private static IEnumerable<string> Broken(House house, string room)
    {
        var project = house.Room(room);
        var taken = (project?.Packages ?? [])
            .Concat(project?.Frameworks ?? [])
            .Where(reference => Outside().IsMatch(reference.Name));
        foreach (var reference in taken)
        {
            yield return $"{room} takes {reference.Name}.";
        }

        foreach (var (path, text) in house.ProductSources.Where(file => file.Key.StartsWith($"{room}/")))
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
