using Trainyard.Manifests.Archives.Problems;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Archives;

/// <summary>
/// Checks whether the archive contains the program that a command names. Only gives a warning, because commands are
/// free text.
/// </summary>
public static class MainProgram
{
    private static readonly string[] ScriptEndings = [".py", ".sh", ".lua", ".r", ".jl", ".pl"];
    private static readonly char[] Separators = [' ', '\t', '\n', '\r', ';', '&', '|', '(', ')'];

    /// <summary>A warning when the first script of the command is not there, or null.</summary>
    public static ArchiveProblem? Check(string command, IReadOnlyList<string> fileNames)
    {
        var words = command.Split(Separators, StringSplitOptions.RemoveEmptyEntries);
        var named = Array.Find(words, IsScript)?.Trim('"', '\'');
        if (named is null || words.Contains("cd"))
        {
            return null;
        }

        var script = named.StartsWith("./") ? named[2..] : named;
        if (fileNames.Contains(script))
        {
            return null;
        }

        var elsewhere = fileNames.FirstOrDefault(f => f.EndsWith($"/{script}"));
        var hint = elsewhere is null
            ? "The command will probably fail."
            : $"The archive has {Quote.Key(elsewhere)}: name that, or zip the folder's content instead of the folder.";
        return new(
            ArchiveCodes.MainProgramMissing,
            $"The command runs {Quote.Key(script)}, which is not in the archive. {hint}",
            script
        );
    }

    // Absolute paths and variables may point anywhere, so they are not checked.
    private static bool IsScript(string word)
    {
        var bare = word.Trim('"', '\'');
        return bare.Length > 3
            && bare[0] is not ('/' or '-' or '~')
            && !bare.Contains('$')
            && !bare.Contains("://")
            && !bare.Contains('=')
            && ScriptEndings.Any(e => bare.EndsWith(e, StringComparison.OrdinalIgnoreCase));
    }
}
