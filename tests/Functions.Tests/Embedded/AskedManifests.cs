using System.Runtime.CompilerServices;

namespace Trainyard.Functions.Tests;

/// <summary>The manifests of tests/corpus/asked, and their expected outcomes by pool.</summary>
internal static class AskedManifests
{
    private static readonly string Corpus = Path.Combine(Root(), "tests", "corpus");

    public static IEnumerable<string> Names =>
        Directory.EnumerateFiles(Path.Combine(Corpus, "asked")).Select(file => Path.GetFileName(file)).Order();

    /// <summary>The columns: manifest, pool, outcome, words of the message.</summary>
    public static IEnumerable<string[]> Rows =>
        File.ReadLines(Path.Combine(Corpus, "asked.tsv"))
            .Where(line => !line.StartsWith('#'))
            .Select(l => l.Split('\t'));

    public static byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(Corpus, "asked", name));

    private static string Root([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", ".."));
}
