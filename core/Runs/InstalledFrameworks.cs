using Trainyard.Contracts.Agents;
using Trainyard.Manifests.Frameworks;

namespace Trainyard.Core.Runs;

/// <summary>The frameworks of the catalogue that a node has installed, by name and version.</summary>
public static class InstalledFrameworks
{
    public static string Of(NodeCapabilities facts, FrameworkCatalog frameworks)
    {
        var pythons = facts.Pythons ?? [];
        var found = frameworks
            .All.Where(release => release.Packages is { Count: > 0 })
            .SelectMany(release => pythons.SelectMany(python => Found(release, python)))
            .Prepend(pythons.Count > 0 ? $"python {pythons[0].Version}" : "no Python")
            .Distinct();
        return string.Join(", ", found);
    }

    private static IEnumerable<string> Found(FrameworkRelease release, PythonFacts python) =>
        release
            .Packages!.Where(python.Packages.ContainsKey)
            .Select(package => $"{release.Name} {python.Packages[package]}");
}
