using System.Xml.Linq;

namespace Trainyard.Architecture.Tests.Rules;

/// <summary>Every project builds as strictly as the others: what Directory.Build.props says, no project takes back.</summary>
internal sealed class StrictBuildRule : IRule
{
    private static readonly Dictionary<string, string> Strict = new()
    {
        ["TargetFramework"] = "net10.0",
        ["Nullable"] = "enable",
        ["TreatWarningsAsErrors"] = "true",
        ["AnalysisLevel"] = "latest-recommended",
        ["EnforceCodeStyleInBuild"] = "true",
    };

    public IEnumerable<string> Broken(Repository repository)
    {
        var shared = XElement
            .Parse(repository.Files.GetValueOrDefault("Directory.Build.props", "<Project />"))
            .Descendants()
            .ToLookup(element => element.Name.LocalName, element => element.Value);
        foreach (var (property, value) in Strict.Where(setting => !shared[setting.Key].Contains(setting.Value)))
        {
            yield return $"Directory.Build.props does not set {property} to {value}.";
        }

        foreach (var project in repository.Projects)
        {
            foreach (var property in Strict.Keys.Where(project.Properties.ContainsKey))
            {
                yield return $"{project.Path} sets {property} for itself.";
            }
        }
    }
}
