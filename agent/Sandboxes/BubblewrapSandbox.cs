using System.Globalization;
using System.Text;
using Trainyard.Agent.Jobs;

namespace Trainyard.Agent.Sandboxes;

/// <summary>
/// Runs commands in bubblewrap. The command sees the system read-only, its own folders at the documented places, its
/// own processes, and the network, but nothing else of the machine. It may make only the system calls that the filter
/// lets pass, and it dies with the agent.
/// </summary>
/// <param name="bwrap">The path of bubblewrap.</param>
/// <param name="shell">The programs that start commands.</param>
/// <param name="system">The parts of the machine that the command sees.</param>
/// <param name="filter">The file with the filter of system calls.</param>
/// <param name="firstUser">The first of the users that commands run as, when the agent is root.</param>
internal sealed class BubblewrapSandbox(string bwrap, Shell shell, SystemBinds system, string filter, int firstUser)
    : ISandbox
{
    /// <summary>Whether each command has a network of its own, without any other member.</summary>
    public bool OwnNetwork { get; init; }

    // Runs outside the sandbox: disables core files and opens the filter as descriptor 3 for bubblewrap.
    private const string Outside = "ulimit -c 0; exec 2>&1 3<\"$1\"; shift; exec \"$@\"";

    // Runs inside the sandbox as the command's user. Bubblewrap has read its options from stdin and closed it.
    private const string Inside = "cd -- \"$1\" || exit 126; shift; exec \"$@\" </dev/null";

    public string Name => "bubblewrap";

    public bool CommandsAreRoot => false;

    public bool HidesDevices => true;

    public bool ProtectsData => true;

    /// <summary>Bubblewrap itself and the first process of its namespace.</summary>
    public int WrapperGenerations => 2;

    public string? VirtualEnvironment => "/venv";

    public JobView View(AttemptFolders folders, JobNames names) => JobView.Documented(names);

    /// <summary>
    /// Passes everything but the command through stdin, so that variables neither show in the list of processes nor
    /// affect bubblewrap, which runs outside.
    /// </summary>
    public Task<SandboxLaunch> LaunchAsync(SandboxedCommand command, CancellationToken cancellationToken) =>
        Task.FromResult(Launch(command));

    private SandboxLaunch Launch(SandboxedCommand command)
    {
        var user = CommandUser.Of(command.Slots, firstUser);
        FolderOwner.Prepare(command.Folders, user);
        string[] options = [.. Options(user, command.Devices, command.Hosts), .. Job(command, user)];
        return Launch(user, options, Inner(command), command.Folders.Root);
    }

    /// <summary>A launch without folders, to test whether this sandbox works.</summary>
    public SandboxLaunch Trial(string folder)
    {
        var user = CommandUser.Of([], firstUser);
        return Launch(user, [.. Options(user, [], LearnerHosts.Alone), "--clearenv"], [shell.Sh, "-c", ":"], folder);
    }

    private SandboxLaunch Launch(CommandUser user, string[] options, string[] inner, string folder) =>
        new(
            [
                .. new[] { shell.Session, shell.Sh, "-c", Outside, "sh", filter, bwrap, "--args", "0" },
                .. Drop(user),
                .. inner,
            ],
            new Dictionary<string, string> { ["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin" },
            folder,
            Encoding.UTF8.GetBytes(string.Concat(options.Select(o => o + '\0')))
        )
        {
            OutputOwner = user.IsAgent ? null : user.Id,
        };

    private string[] Inner(SandboxedCommand command)
    {
        var start = DeferredVariables.Restore(command.Environment.Keys) + Inside;
        return [shell.Sh, "-c", start, "sh", command.View.Model, shell.Bash, "-c", command.Command];
    }

    private IEnumerable<string> Options(CommandUser user, IReadOnlyList<string> devices, LearnerHosts hosts) =>
        [
            .. Isolation(hosts.OwnName),
            .. OwnNetwork ? ["--unshare-net"] : Array.Empty<string>(),
            .. Capabilities(user),
            .. system.Options,
            .. system.Show(devices),
            .. KernelFiles.Options,
        ];

    private static IEnumerable<string> Isolation(string host) =>
        [
            .. new[] { "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--hostname", host },
            .. new[] { "--die-with-parent", "--seccomp", "3", "--cap-drop", "ALL" },
        ];

    // The capabilities that setpriv needs to change the command's user; setpriv drops them then.
    private static IEnumerable<string> Capabilities(CommandUser user) =>
        user.IsAgent
            ? []
            : new[] { "CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP" }.SelectMany(c => new[] { "--cap-add", c });

    private string[] Drop(CommandUser user) =>
        user.IsAgent
            ? []
            :
            [
                .. new[] { shell.SetPriv!, $"--reuid={Number(user)}", $"--regid={Number(user)}", "--clear-groups" },
                .. new[] { "--inh-caps=-all", "--bounding-set=-all" },
            ];

    private static string Number(CommandUser user) => user.Id.ToString(CultureInfo.InvariantCulture);

    // Each inner folder is a mount of its own, so that the command cannot replace it.
    private static IEnumerable<string> Job(SandboxedCommand command, CommandUser user)
    {
        var (folders, view) = (command.Folders, command.View);
        return
        [
            .. IdentityFiles.Write(folders, user, command.Hosts),
            .. Bind("--bind", folders.Temporary, view.Temporary),
            .. Bind("--bind", folders.UserHome, view.Home),
            .. Bind("--bind", folders.Job, view.Job),
            .. Bind("--ro-bind", folders.Data, view.Data),
            .. Bind("--bind", folders.Results, view.Results),
            .. Bind("--bind", folders.Model, view.Model),
            .. Bind("--bind", folders.Logs, view.Logs),
            .. Bind("--ro-bind", folders.LogSpool, Path.Combine(view.Logs, JobNames.LogFile)),
            .. command.Binds.SelectMany(b => Bind(b.IsReadOnly ? "--ro-bind" : "--bind", b.From, b.To)),
            "--clearenv",
            .. command.Environment.SelectMany(Variable),
        ];
    }

    private static string[] Variable(KeyValuePair<string, string> variable) =>
        DeferredVariables.Travels(variable.Key) is { } name ? ["--setenv", name, variable.Value] : [];

    private static string[] Bind(string option, string from, string to) => [option, from, to];
}
