using Trainyard.Agent.Processes;

namespace Trainyard.Agent.Sandboxes;

/// <summary>The programs that start commands, found once.</summary>
/// <param name="Session">The program that starts a new session.</param>
/// <param name="Sh">The system's shell.</param>
/// <param name="Bash">The shell for commands.</param>
/// <param name="SetPriv">The program that changes a process's user; null where it is missing.</param>
internal sealed record Shell(string Session, string Sh, string Bash, string? SetPriv)
{
    /// <exception cref="FileNotFoundException">A required program is missing.</exception>
    public static Shell Find()
    {
        var sh = Require("sh");
        return new Shell(Require("setsid"), sh, ProgramSearch.Find("bash") ?? sh, ProgramSearch.Find("setpriv"));
    }

    private static string Require(string name) =>
        ProgramSearch.Find(name)
        ?? throw new FileNotFoundException($"The agent needs the program '{name}' on its PATH.");
}
