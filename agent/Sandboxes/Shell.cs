namespace Trainyard.Agent.Sandboxes;

/// <summary>The programs that start commands, found once.</summary>
internal sealed record Shell(string SetSid, string Sh, string Bash)
{
    /// <exception cref="FileNotFoundException">The machine lacks one.</exception>
    public static Shell Find()
    {
        var sh = Require("sh");
        return new Shell(Require("setsid"), sh, FindProgram("bash") ?? sh);
    }

    public static string? FindProgram(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    private static string Require(string name) =>
        FindProgram(name) ?? throw new FileNotFoundException($"The agent needs the program '{name}' on its PATH.");
}
