using Trainyard.Contracts;
using Trainyard.Core.Stores;

namespace Trainyard.Functions.Blobs;

/// <summary>The names of dropped files and of their answers.</summary>
internal static class DropNames
{
    public const string Archive = ".zip";
    public const string RunAnswer = ".run.json";
    public const string ProblemAnswer = ".problem.json";

    public static IReadOnlyList<string> Manifests { get; } = [".yaml", ".yml", ".json"];

    /// <summary>The name that archive and manifest share; null for an answer and for any other file.</summary>
    public static string? BaseOf(string name)
    {
        if (AnsweredBy(name) is not null)
            return null;
        var extension = Path.GetExtension(name);
        return extension == Archive || Manifests.Contains(extension) ? name[..^extension.Length] : null;
    }

    /// <summary>The base names of pairs of archive and manifest without an answer that is as new as they are.</summary>
    public static IEnumerable<(Owner Owner, string BaseName)> Unanswered(IEnumerable<DroppedName> names) =>
        from name in names
        let answered = AnsweredBy(name.Name)
        let baseName = answered ?? BaseOf(name.Name)
        where baseName is not null
        group (name, IsAnswer: answered is not null) by (name.Owner, baseName) into pair
        let archive = Newest(pair.Where(f => f.name.Name.EndsWith(Archive, StringComparison.Ordinal)))
        let manifest = Newest(pair.Where(f => !f.IsAnswer && !f.name.Name.EndsWith(Archive, StringComparison.Ordinal)))
        let answer = Newest(pair.Where(f => f.IsAnswer))
        where archive is not null && manifest is not null
        where answer is null || answer < archive || answer < manifest
        select pair.Key;

    private static string? AnsweredBy(string name) =>
        name.EndsWith(RunAnswer, StringComparison.Ordinal) ? name[..^RunAnswer.Length]
        : name.EndsWith(ProblemAnswer, StringComparison.Ordinal) ? name[..^ProblemAnswer.Length]
        : null;

    private static DateTimeOffset? Newest(IEnumerable<(DroppedName Name, bool IsAnswer)> files) =>
        files.Max(file => (DateTimeOffset?)file.Name.ModifiedAt);
}
