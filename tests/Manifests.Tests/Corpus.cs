using System.Runtime.CompilerServices;
using System.Text;
using Trainyard.Manifests.Canonical;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Problems;

namespace Trainyard.Manifests.Tests;

/// <summary>The manifests under tests/corpus/manifests, each with what parsing it must give.</summary>
internal static class Corpus
{
    public static string Folder { get; } = Path.Combine(Root(), "tests", "corpus", "manifests");

    public static IEnumerable<string> Names { get; } =
        Directory
            .EnumerateFiles(Folder)
            .Select(f => Path.GetFileName(f))
            .Where(f => f.EndsWith(".yaml") || f.EndsWith(".json"))
            .Order(StringComparer.Ordinal)
            .ToList();

    public static byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(Folder, name));

    public static string Root([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", ".."));

    /// <summary>What the approved file beside a manifest says: dialect, problems, canonical form.</summary>
    public static string Describe(ManifestParseResult result)
    {
        var text = new StringBuilder();
        text.Append($"dialect: {result.Dialect.Describe()}\n");
        Problems(text, "errors", result.Errors);
        Problems(text, "warnings", result.Warnings);
        if (result.IsValid)
        {
            text.Append("canonical:\n\n").Append(CanonicalManifest.Write(result.Manifest, result.Secrets));
        }

        return text.ToString();
    }

    private static void Problems(StringBuilder text, string title, IReadOnlyList<ManifestProblem> problems)
    {
        text.Append($"{title}: {problems.Count}\n");
        foreach (var p in problems)
        {
            text.Append($"  {p.Line}:{p.Column} {p.Code} [{p.Path}]\n    {p.Message}\n");
            text.Append(p.Allowed is null ? "" : $"    allowed: {p.Allowed}\n");
            text.Append(p.Suggestion is null ? "" : $"    suggestion: {p.Suggestion}\n");
        }
    }
}
