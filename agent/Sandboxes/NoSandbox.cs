using Trainyard.Agent.Jobs;

namespace Trainyard.Agent.Sandboxes;

/// <summary>The command runs with the rights of the agent's user; only its session and its folders are its own.</summary>
internal sealed class NoSandbox(Shell shell) : ISandbox
{
    // The line on stdin is the agent's start signal; end of file instead means that the agent is dead.
    private const string Start = "ulimit -c 0; read -r go && exec \"$@\" 2>&1 </dev/null";

    public string Name => "none";

    public bool CommandsAreRoot => Environment.IsPrivilegedProcess;

    public bool HidesDevices => false;

    public bool ProtectsData => false;

    public int WrapperGenerations => 0;

    public string? VirtualEnvironment => null;

    public JobView View(AttemptFolders folders, JobNames names)
    {
        var log = Path.Combine(folders.Logs, JobNames.LogFile);
        File.CreateSymbolicLink(log, folders.LogSpool);
        return JobView.Of(folders);
    }

    public Task<SandboxLaunch> LaunchAsync(SandboxedCommand command, CancellationToken cancellationToken) =>
        Task.FromResult(Launch(command));

    private SandboxLaunch Launch(SandboxedCommand command) =>
        new(
            [shell.Session, shell.Sh, "-c", Start, "sh", shell.Bash, "-c", command.Command],
            command.Environment,
            command.Folders.Model,
            "go\n"u8.ToArray()
        );
}
