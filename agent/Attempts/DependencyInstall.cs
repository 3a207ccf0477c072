using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Trainyard.Agent.Environments;
using Trainyard.Agent.Files;
using Trainyard.Agent.Jobs;
using Trainyard.Agent.Limits;
using Trainyard.Agent.Sandboxes;
using Trainyard.Agent.Verbs;

namespace Trainyard.Agent.Attempts;

/// <summary>
/// Installs the packages that a run's archive asks for. An install may run code of a package, so it runs in the same
/// sandbox as the command, and only runs of the same owner share the environment.
/// </summary>
internal sealed class DependencyInstall(NodeServices node, AttemptContext context)
{
    private const int LastLines = 3;
    private const int LastBytes = 8192;

    /// <exception cref="DependenciesFailedException">The packages cannot be installed.</exception>
    /// <exception cref="NoInstallerException">The node has no installer.</exception>
    public async Task<HeldEnvironment> RunAsync(ResourceLimits limits)
    {
        var stopped = context.Stop.Stopped;
        var installer = await PythonEnvironments.FindInstallerAsync(stopped);
        var file = DependencyFile.Find(context.Folders.Model, installer.HasUv);
        var key = file.Hash(
            installer.Name,
            installer.Python,
            RuntimeInformation.RuntimeIdentifier,
            context.Sandbox.Name,
            context.Task.OwnerKey,
            file.IsOpen ? context.Task.ArchiveSha256 : ""
        );
        var isNew = false;
        var held = await node.Environments.Cache.HoldAsync(
            key,
            async folder =>
            {
                isNew = true;
                await MakeAsync(folder, file, installer, limits);
            },
            stopped
        );
        if (!isNew)
        {
            context.Log.AppendLine($"The environment of {file.Name} is there already.");
        }
        return held;
    }

    /// <summary>The path at which a command sees the environment of this folder.</summary>
    public static string ViewOf(string folder, ISandbox sandbox) => sandbox.VirtualEnvironment ?? folder;

    private async Task MakeAsync(string folder, DependencyFile file, Installer installer, ResourceLimits limits)
    {
        File.SetUnixFileMode(folder, Readable);
        if (context.Sandbox.VirtualEnvironment is not null)
        {
            FolderOwner.Give(folder, CommandUser.Of(context.Grant.Slots, node.Options.CommandUser).Id);
        }
        context.Log.AppendLine($"Installing what {file.Name} asks for, with {installer.Name}.");
        var begin = node.Time.GetTimestamp();
        var from = context.Log.Length;
        var run = new CommandRun(node.Spawner, context.Sandbox, node.Time);
        int exitCode;
        try
        {
            exitCode = await run.RunAsync(
                Command(folder, file, installer, limits),
                Limits(limits),
                context.Log,
                context.Stop
            );
        }
        finally
        {
            context.Grant.HeldBy = run.Remains;
        }
        context.Stop.Stopped.ThrowIfCancellationRequested();
        if (exitCode != 0)
        {
            throw new DependenciesFailedException(
                $"{file.Name} cannot be installed ({ExitWords(exitCode)}): {PrintableText.Of(LastWords(from))}"
            );
        }
        var took = node.Time.GetElapsedTime(begin).TotalSeconds;
        context.Log.AppendLine(string.Create(CultureInfo.InvariantCulture, $"Installed after {took:N1} s."));
    }

    private SandboxedCommand Command(string folder, DependencyFile file, Installer installer, ResourceLimits limits)
    {
        var view = ViewOf(folder, context.Sandbox);
        var environment = JobEnvironment.Build(context.Task, context.View, node.Python, "", PodName);
        environment.Remove("PYTHONPATH");
        foreach (var (name, value) in Installer.IndexSettings())
        {
            environment.TryAdd(name, value);
        }
        return new SandboxedCommand(installer.Script(file, view), context.Folders, context.View, environment)
        {
            Slots = context.Grant.Slots,
            Limits = limits,
            Binds = [new FolderBind(folder, view, IsReadOnly: false), .. Installer.IndexFiles()],
        };
    }

    private CommandLimits Limits(ResourceLimits limits) =>
        new(TimeSpan.FromSeconds(Math.Min(5, context.Task.GraceSeconds)), PodName)
        {
            Processes = limits.Processes,
            ControlGroup = node.Groups.TryCreate(
                "trainyard-" + Path.GetFileName(context.Folders.Root) + "-install",
                limits
            ),
        };

    private string LastWords(long from)
    {
        var buffer = new byte[LastBytes];
        var begin = Math.Max(from, context.Log.Length - LastBytes);
        var text = Encoding.UTF8.GetString(buffer, 0, context.Log.Read(begin, buffer));
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return string.Join(" | ", lines.TakeLast(LastLines));
    }

    private static string ExitWords(int exitCode) => $"exit code {exitCode}";

    private string PodName => JobEnvironment.PodName(context.Task, node.Node);

    private const UnixFileMode Readable =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;
}
