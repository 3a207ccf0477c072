namespace Trainyard.Agent.Processes;

/// <summary>Finds the files of programs.</summary>
internal static class ProgramSearch
{
    /// <summary>The file of a program in the first of the folders that has it, or null.</summary>
    public static string? Find(string program, IEnumerable<string> folders) =>
        folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>The file of a program on the agent's own PATH, or null.</summary>
    public static string? Find(string program) =>
        Find(
            program,
            (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin").Split(
                ':',
                StringSplitOptions.RemoveEmptyEntries
            )
        );
}
