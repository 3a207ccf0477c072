using System.Text.RegularExpressions;

namespace Trainyard.Architecture.Tests.Rules;

/// <summary>No two types have one full name, and one file binds each class of options to its section.</summary>
internal sealed partial class OneOfEachRule : IRule
{
    public IEnumerable<string> Broken(Repository repository)
    {
        var sources = repository
            .ProductSources.Select(file => SourceFile.Parse(file.Key, file.Value))
            .OrderBy(source => source.Path, StringComparer.Ordinal)
            .ToList();
        return Types(repository, sources).Concat(Options(repository, sources));
    }

    private static IEnumerable<string> Types(Repository repository, List<SourceFile> sources) =>
        from source in sources
        from type in source.Declares
        where !type.StartsWith('.')
        group RoomOf(repository, source) by $"{source.Namespace}.{type}" into rooms
        where rooms.Distinct().Count() > 1
        select $"{rooms.Key} is declared by {string.Join(" and by ", rooms.Distinct())}.";

    private static IEnumerable<string> Options(Repository repository, List<SourceFile> sources) =>
        from source in sources
        from match in Section().Matches(repository.Files[source.Path])
        group source.Path by match.Groups["options"].Value into files
        where files.Distinct().Count() > 1
        select $"{files.Key} is bound by {string.Join(" and by ", files.Distinct())}.";

    private static string RoomOf(Repository repository, SourceFile source) =>
        repository
            .Projects.Where(project => source.Path.StartsWith($"{project.Room}/", StringComparison.Ordinal))
            .Select(project => project.Room)
            .MaxBy(room => room.Length)
        ?? "";

    [GeneratedRegex(@"^(?!\s*//).*\b(?<options>\w+)\.SectionName\b", RegexOptions.Multiline)]
    private static partial Regex Section();
}
