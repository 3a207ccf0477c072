using System.Security.Cryptography;
using System.Text;
using Trainyard.Core.Stores;

namespace Trainyard.Functions.Blobs;

/// <summary>
/// The names of dropped files and of their answers. Extensions match in any case, for files from Windows.
/// </summary>
internal static class DropNames
{
    public const string RunAnswer = ".run.json";
    public const string ProblemAnswer = ".problem.json";

    private const string Archive = ".zip";
    private const int LongestName = 255;
    private static readonly string[] Manifests = [".yaml", ".yml", ".json"];

    public static bool IsArchive(string name) => name.EndsWith(Archive, StringComparison.OrdinalIgnoreCase);

    /// <summary>The name that archive and manifest share; null for an answer and for any other file.</summary>
    public static string? BaseOf(string name)
    {
        if (AnsweredBy(name) is not null || name.StartsWith('.'))
        {
            return null;
        }
        var extension = Path.GetExtension(name);
        return IsArchive(name) || Manifests.Contains(extension, StringComparer.OrdinalIgnoreCase)
            ? name[..^extension.Length]
            : null;
    }

    /// <summary>
    /// The base name of the answers: the files' base name, or a prefix of it with a hash if the name would be too long.
    /// </summary>
    public static string AnswerBase(string baseName)
    {
        var bytes = Encoding.UTF8.GetBytes(baseName);
        if (bytes.Length + ProblemAnswer.Length <= LongestName)
        {
            return baseName;
        }
        var start = new string([
            .. baseName.TakeWhile((_, i) => Encoding.UTF8.GetByteCount(baseName[..(i + 1)]) <= 200),
        ]);
        return $"{start.TrimEnd('\uFFFD')}-{Convert.ToHexStringLower(SHA256.HashData(bytes))[..8]}";
    }

    /// <summary>The drops, grouped by base name, without an answer at least as new as their files.</summary>
    public static IEnumerable<Drop> Unanswered(IEnumerable<DroppedName> names)
    {
        var all = names.ToList();
        var answers = all.Where(n => AnsweredBy(n.Name) is not null)
            .ToLookup(n => (n.Folder, AnsweredBy(n.Name)), n => n.ModifiedAt);
        return all.Where(n => BaseOf(n.Name) is not null)
            .GroupBy(n => (n.Folder, Base: BaseOf(n.Name)!))
            .Select(files => new Drop(files.Key.Folder, files.Key.Base, [.. files]))
            .Where(drop => answers[(drop.Folder, AnswerBase(drop.BaseName))].All(at => at < drop.ModifiedAt));
    }

    private static string? AnsweredBy(string name) =>
        name.EndsWith(RunAnswer, StringComparison.Ordinal) ? name[..^RunAnswer.Length]
        : name.EndsWith(ProblemAnswer, StringComparison.Ordinal) ? name[..^ProblemAnswer.Length]
        : null;
}

/// <summary>The dropped files of one base name in one folder.</summary>
internal sealed record Drop(string Folder, string BaseName, IReadOnlyList<DroppedName> Files)
{
    public IEnumerable<DroppedName> Archives => Files.Where(f => DropNames.IsArchive(f.Name));

    public IEnumerable<DroppedName> Manifests => Files.Where(f => !DropNames.IsArchive(f.Name));

    public DateTimeOffset ModifiedAt => Files.Max(f => f.ModifiedAt);

    public bool IsPair => Archives.Any() && Manifests.Any();
}
