using System.Text.RegularExpressions;
using Trainyard.Architecture.Tests.Rules;

namespace Trainyard.Architecture.Tests.Infra;

/// <summary>Every module is used by another file: the compiler takes any file for a whole deployment.</summary>
internal sealed class BicepModulesRule : IRule
{
    public IEnumerable<string> Broken(Repository repository)
    {
        var files = repository
            .Files.Where(file => file.Key.StartsWith("infra/") && file.Key.EndsWith(".bicep"))
            .ToList();
        return from module in files
            where module.Key != "infra/main.bicep"
            where !files.Exists(file => Uses(file.Value, Path.GetFileName(module.Key)))
            select $"{module.Key} is used by nobody.";
    }

    private static bool Uses(string text, string module) =>
        text.Contains($" '{module}' = ") || text.Contains($" 'modules/{module}' = ");
}

/// <summary>One type of resource has one API version, and none is a preview.</summary>
internal sealed partial class BicepVersionsRule : IRule
{
    public IEnumerable<string> Broken(Repository repository)
    {
        var used = repository
            .Files.Where(file => file.Key.StartsWith("infra/") && file.Key.EndsWith(".bicep"))
            .SelectMany(file => Resource().Matches(file.Value))
            .Select(match => (Type: match.Groups["type"].Value, Version: match.Groups["version"].Value))
            .Distinct()
            .ToList();
        return
        [
            .. used.Where(each => each.Version.Contains("preview")).Select(each => $"{each.Type} is a preview."),
            .. used.GroupBy(each => each.Type)
                .Where(versions => versions.Count() > 1)
                .Select(versions => $"{versions.Key} has several API versions."),
        ];
    }

    [GeneratedRegex(@"resource \w+ '(?<type>Microsoft\.[\w./]+)@(?<version>[\w.-]+)'")]
    private static partial Regex Resource();
}
