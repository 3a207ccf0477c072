using System.Text;
using Trainyard.Agent.Attempts;

namespace Trainyard.Agent.Sandboxes;

/// <summary>
/// The command sees the system read-only, its own folders at the documented places, its own processes, and nothing else
/// of the machine but the network. It dies with the agent.
/// </summary>
internal sealed class BubblewrapSandbox(string bwrap, Shell shell, SystemBinds system) : ISandbox
{
    private const string Merge = "exec \"$@\" 2>&1";

    // Bubblewrap has read its options from stdin and closed it.
    private const string Start = "exec \"$@\" </dev/null";

    /// <summary>Bubblewrap itself and the first process of its namespace.</summary>
    public int Keepers => 2;

    public JobView View(AttemptFolders folders, JobNames names) => JobView.Documented(names);

    /// <summary>
    /// Everything but the command goes through stdin: variables neither show in the list of processes nor act on
    /// bubblewrap, which runs outside.
    /// </summary>
    public SandboxLaunch Launch(SandboxedCommand command) =>
        new(
            [
                .. new[] { shell.SetSid, shell.Sh, "-c", Merge, "sh", bwrap, "--args", "0" },
                .. new[] { shell.Sh, "-c", Start, "sh", shell.Bash, "-c", command.Command },
            ],
            new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" },
            command.Folders.Root,
            Encoding.UTF8.GetBytes(string.Concat(Options(command).Select(o => o + '\0')))
        );

    private IEnumerable<string> Options(SandboxedCommand command) =>
        [
            .. Isolation,
            .. system.Options,
            .. Job(command.Folders, command.View),
            "--chdir",
            command.View.Model,
            "--clearenv",
            .. command.Environment.SelectMany(pair => new[] { "--setenv", pair.Key, pair.Value }),
        ];

    internal static IReadOnlyList<string> Isolation { get; } =
    [
        "--unshare-pid",
        "--unshare-ipc",
        "--unshare-uts",
        "--hostname",
        "learner-1",
        "--die-with-parent",
        "--cap-drop",
        "ALL",
    ];

    // The inner folders are mounted once more each, so that the command cannot put something else in their place.
    private static IEnumerable<string> Job(AttemptFolders folders, JobView view) =>
        [
            .. Bind("--bind", folders.Temporary, view.Temporary),
            .. Bind("--bind", folders.UserHome, view.Home),
            .. Bind("--bind", folders.Job, view.Job),
            .. Bind("--ro-bind", folders.Data, view.Data),
            .. Bind("--bind", folders.Results, view.Results),
            .. Bind("--bind", folders.Model, view.Model),
            .. Bind("--bind", folders.Logs, view.Logs),
            .. Bind("--ro-bind", folders.LogSpool, Path.Combine(view.Logs, JobNames.LogFile)),
        ];

    private static string[] Bind(string option, string from, string to) => [option, from, to];
}
