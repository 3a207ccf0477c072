using System.Runtime.CompilerServices;

namespace Trainyard.Benchmarks.Manifests;

/// <summary>The corpus of the tests, which is also what mutations start from.</summary>
internal static class CorpusFiles
{
    public static string Folder([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "tests", "corpus", "manifests"));

    public static IReadOnlyList<byte[]> All() =>
        [
            .. Directory
                .EnumerateFiles(Folder())
                .Where(f => f.EndsWith(".yaml") || f.EndsWith(".json"))
                .Order(StringComparer.Ordinal)
                .Select(File.ReadAllBytes),
        ];

    public static byte[] One(string name) => File.ReadAllBytes(Path.Combine(Folder(), name));
}
