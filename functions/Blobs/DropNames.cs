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
        if (
            name.EndsWith(RunAnswer, StringComparison.Ordinal) || name.EndsWith(ProblemAnswer, StringComparison.Ordinal)
        )
            return null;
        var extension = Path.GetExtension(name);
        return extension == Archive || Manifests.Contains(extension) ? name[..^extension.Length] : null;
    }
}
