using Trainyard.Agent.Processes;

namespace Trainyard.Agent.Jobs;

/// <summary>
/// Finds the machine's real Python. A shim that selects a version writes next to the versions after each <c>pip
/// install</c>, which a command may not do; and many programs call <c>python</c> where a machine has only
/// <c>python3</c>.
/// </summary>
/// <param name="Folder">The folder of the interpreter behind the one on the PATH; null when it is on the PATH itself.</param>
/// <param name="Aliases">Missing program names, and the programs to run for them.</param>
internal sealed record PythonPrograms(string? Folder, IReadOnlyDictionary<string, string> Aliases)
{
    /// <param name="executable">The file of the Python 3 that the search path leads to; null for none.</param>
    /// <param name="searchPath">The folders where commands look for programs.</param>
    public static PythonPrograms Behind(string? executable, IReadOnlyList<string> searchPath)
    {
        var real = File.Exists(executable) ? Path.GetDirectoryName(executable) : null;
        var folder = real is null || searchPath.Contains(real) ? null : real;
        return new PythonPrograms(folder, AliasesIn(folder is null ? searchPath : [folder, .. searchPath]));
    }

    /// <summary>The machine's PATH with the command's own programs and the real Python first.</summary>
    public string SearchPath(string home, string machine) =>
        string.Join(':', new[] { Path.Combine(home, ".local", "bin"), Folder, machine }.Where(p => p is not null));

    /// <summary>Adds links for the missing names to the folder of the command's own programs.</summary>
    public void Link(string home)
    {
        var programs = Directory.CreateDirectory(Path.Combine(home, ".local", "bin")).FullName;
        foreach (var (name, target) in Aliases)
        {
            File.CreateSymbolicLink(Path.Combine(programs, name), target);
        }
    }

    internal static Dictionary<string, string> AliasesIn(IReadOnlyList<string> searchPath) =>
        new[] { (Missing: "python", There: "python3"), (Missing: "pip", There: "pip3") }
            .Where(pair => ProgramSearch.Find(pair.Missing, searchPath) is null)
            .Select(pair => (pair.Missing, Program: ProgramSearch.Find(pair.There, searchPath)))
            .Where(pair => pair.Program is not null)
            .ToDictionary(pair => pair.Missing, pair => pair.Program!);
}
