using System.Collections;
using Trainyard.Agent.Jobs;
using Trainyard.Agent.Sandboxes;

namespace Trainyard.Agent.Containers;

/// <summary>
/// Runs commands in containers. The command sees the image's system read-only, its own folders at the documented
/// places, and its own processes. A container outlives the agent that started it, so its first process waits for the
/// agent's go before it runs the command.
/// </summary>
internal sealed class ContainerSandbox(IContainerEngine engine, Shell shell, int firstUser, TimeProvider time)
    : ISandbox
{
    private const string VariablesFile = "/etc/trainyard/environment";
    private const string ErrorsFile = "engine-errors";

    // Runs outside the container: keeps the engine's own messages out of the command's output.
    private const string Outside = "exec 2>\"$1\"; shift; exec \"$@\"";

    // Runs inside, as the container's first process. The first process ignores most signals, so the command must not
    // be it.
    private static readonly string Inside =
        $"export PATH=\"{JobView.DocumentedHome}/.local/bin:$PATH\"; . {VariablesFile}; "
        + "read -r trainyard_go || exit 0; "
        + "command -v bash >/dev/null 2>&1 && trainyard_shell=bash || trainyard_shell=sh; "
        + "cd -- \"$MODEL_DIR\" || exit 126; "
        + "\"$trainyard_shell\" -c \"$1\" 2>&1 </dev/null; trainyard_code=$?; "
        + ContainerUsage.Script
        + "exit $trainyard_code";

    public string Name => engine.Fact.Engine;

    public bool CommandsAreRoot => false;

    public bool HidesDevices => true;

    public bool ProtectsData => true;

    /// <summary>The container's first process.</summary>
    public int WrapperGenerations => 1;

    /// <summary>Null: an image brings its own packages.</summary>
    public string? VirtualEnvironment => null;

    public JobView View(AttemptFolders folders, JobNames names) => JobView.Documented(names);

    public async Task<SandboxLaunch> LaunchAsync(SandboxedCommand command, CancellationToken cancellationToken)
    {
        var user = CommandUser.Of(command.Slots, firstUser);
        FolderOwner.Prepare(command.Folders, user);
        var container = "trainyard-" + Path.GetFileName(command.Folders.Root);
        await engine.CreateAsync(Plan(container, command, user), cancellationToken);
        var errors = Path.Combine(command.Folders.Root, ErrorsFile);
        return new SandboxLaunch(
            [shell.Session, shell.Sh, "-c", Outside, "sh", errors, .. engine.StartLine(container)],
            OwnEnvironment(),
            command.Folders.Root,
            "go\n"u8.ToArray()
        )
        {
            Detached = new DetachedContainer(engine, container, errors, time),
        };
    }

    private static ContainerPlan Plan(string container, SandboxedCommand command, CommandUser user)
    {
        var (folders, view) = (command.Folders, command.View);
        var variables = Path.Combine(folders.Root, "environment");
        File.WriteAllText(variables, ShellVariables.Export(command.Environment));
        File.SetUnixFileMode(variables, FolderOwner.ReadableByAll);
        return new ContainerPlan
        {
            Name = container,
            Image = command.Image ?? throw new InvalidOperationException("A container needs an image."),
            User = user,
            Command = ["/bin/sh", "-c", Inside, "sh", command.Command],
            Gpus = command.Gpus,
            Hosts = command.Hosts,
            Limits = command.Limits,
            // The variable that identifies the processes of an attempt.
            Environment = command.Environment.Where(v => v.Key == JobEnvironment.MarkName).ToDictionary(),
            Mounts =
            [
                new(folders.Temporary, view.Temporary, IsReadOnly: false),
                new(folders.UserHome, view.Home, IsReadOnly: false),
                new(folders.Job, view.Job, IsReadOnly: false),
                new(folders.Data, view.Data, IsReadOnly: true),
                new(folders.Results, view.Results, IsReadOnly: false),
                new(folders.Model, view.Model, IsReadOnly: false),
                new(folders.Logs, view.Logs, IsReadOnly: false),
                new(folders.LogSpool, Path.Combine(view.Logs, JobNames.LogFile), IsReadOnly: true),
                new(variables, VariablesFile, IsReadOnly: true),
            ],
        };
    }

    // The engine's program runs as the agent's own: it needs the agent's variables to find its storage and its daemon.
    private static Dictionary<string, string> OwnEnvironment() =>
        Environment
            .GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .ToDictionary(v => (string)v.Key, v => (string)v.Value!);
}
