using System.Diagnostics;

namespace Trainyard.Agent.Sandboxes;

/// <summary>The programs that start commands, found once.</summary>
/// <param name="Session">Begins a session of its own, with all signals at their defaults where this machine can set them.</param>
/// <param name="Sh">The system's shell.</param>
/// <param name="Bash">The shell for commands.</param>
/// <param name="SetPriv">Makes a process another user's; null where it is missing.</param>
internal sealed record Shell(IReadOnlyList<string> Session, string Sh, string Bash, string? SetPriv)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Whether a command inherits no signal that the agent, or what started it, ignores.</summary>
    public bool ResetsSignals => Session.Count > 1;

    /// <exception cref="FileNotFoundException">The machine lacks one.</exception>
    public static Shell Find()
    {
        var sh = Require("sh");
        return new Shell(
            [Require("setsid"), .. DefaultSignals()],
            sh,
            FindProgram("bash") ?? sh,
            FindProgram("setpriv")
        );
    }

    public static string? FindProgram(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    // A shell cannot undo that a signal was ignored before it began, and .NET ignores SIGPIPE. GNU's env can, since 2019.
    private static string[] DefaultSignals()
    {
        string[] reset = [FindProgram("env") ?? "env", "--default-signal"];
        try
        {
            using var trial = Process.Start(
                new ProcessStartInfo(reset[0], [reset[1], "true"])
                {
                    UseShellExecute = false,
                    RedirectStandardError = true,
                }
            )!;
            return trial.WaitForExit(Patience) && trial.ExitCode == 0 ? reset : [];
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return [];
        }
    }

    private static string Require(string name) =>
        FindProgram(name) ?? throw new FileNotFoundException($"The agent needs the program '{name}' on its PATH.");
}
