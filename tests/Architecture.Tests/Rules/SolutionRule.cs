using System.Text.RegularExpressions;

namespace Trainyard.Architecture.Tests.Rules;

/// <summary>Functions.sln lists every project, and none that is gone: what it does not list is never built or tested.</summary>
internal sealed partial class SolutionRule : IRule
{
    public IEnumerable<string> Broken(Repository repository)
    {
        var listed = Listed()
            .Matches(repository.Files.GetValueOrDefault("Functions.sln", ""))
            .Select(match => match.Groups["path"].Value.Replace('\\', '/'))
            .ToHashSet(StringComparer.Ordinal);
        var there = repository.Projects.Select(project => project.Path).ToHashSet(StringComparer.Ordinal);
        return there
            .Except(listed)
            .Select(path => $"{path} is not in Functions.sln.")
            .Concat(listed.Except(there).Select(path => $"Functions.sln lists {path}, which is not there."));
    }

    [GeneratedRegex("\"(?<path>[^\"]+\\.csproj)\"")]
    private static partial Regex Listed();
}
