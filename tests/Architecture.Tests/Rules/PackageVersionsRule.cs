using System.Text.RegularExpressions;

namespace Trainyard.Architecture.Tests.Rules;

/// <summary>Each package has one exact version, in Directory.Packages.props and nowhere else.</summary>
internal sealed partial class PackageVersionsRule : IRule
{
    public IEnumerable<string> Broken(Repository repository)
    {
        var versions = repository.PackageVersions.ToList();
        foreach (var (package, version) in versions.Where(entry => !Exact().IsMatch(entry.Value)))
        {
            yield return $"{package} has the version '{version}', which is not exact.";
        }

        var known = versions.Select(entry => entry.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var project in repository.Projects)
        {
            foreach (var package in project.Packages.Where(package => !known.Contains(package.Name)))
            {
                yield return $"{project.Path} takes {package.Name}, which has no central version.";
            }

            foreach (var package in project.Packages.Where(HasVersion))
            {
                yield return $"{project.Path} gives {package.Name} a version of its own.";
            }
        }
    }

    private static bool HasVersion(Reference package) =>
        package.Attributes.ContainsKey("Version") || package.Attributes.ContainsKey("VersionOverride");

    [GeneratedRegex(@"^\d+(\.\d+){1,3}(-[0-9A-Za-z.-]+)?$")]
    private static partial Regex Exact();
}
