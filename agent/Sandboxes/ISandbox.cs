using System.Diagnostics;
using Trainyard.Agent.Gpus;
using Trainyard.Agent.Jobs;
using Trainyard.Agent.Limits;
using Trainyard.Agent.Processes;

namespace Trainyard.Agent.Sandboxes;

/// <summary>Isolates a command from the machine that it runs on.</summary>
internal interface ISandbox
{
    /// <summary>The name, as in the setting.</summary>
    string Name { get; }

    /// <summary>Whether a command has all rights on the machine.</summary>
    bool CommandsAreRoot { get; }

    /// <summary>Whether a command sees only its own devices.</summary>
    bool HidesDevices { get; }

    /// <summary>Whether a command cannot write to its data.</summary>
    bool ProtectsData { get; }

    /// <summary>The number of process generations, from the started process on, that only wrap the command.</summary>
    int WrapperGenerations { get; }

    /// <summary>The path at which a command sees its virtual environment; null for its real path.</summary>
    string? VirtualEnvironment { get; }

    /// <summary>The attempt's folders as its command sees them.</summary>
    JobView View(AttemptFolders folders, JobNames names);

    /// <summary>Describes the process to start for a command.</summary>
    Task<SandboxLaunch> LaunchAsync(SandboxedCommand command, CancellationToken cancellationToken);
}

/// <summary>A command and what it may use.</summary>
internal sealed record SandboxedCommand(
    string Command,
    AttemptFolders Folders,
    JobView View,
    IReadOnlyDictionary<string, string> Environment
)
{
    /// <summary>The node's slots that the command takes.</summary>
    public IReadOnlyList<int> Slots { get; init; } = [];

    /// <summary>The device nodes that the command may use.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>The GPUs behind these devices.</summary>
    public IReadOnlyList<Gpu> Gpus { get; init; } = [];

    /// <summary>Further folders and files that the command sees.</summary>
    public IReadOnlyList<FolderBind> Binds { get; init; } = [];

    /// <summary>The id of the container image that the command runs in; null without one.</summary>
    public string? Image { get; init; }

    /// <summary>The nodes of the run.</summary>
    public LearnerHosts Hosts { get; init; } = LearnerHosts.Alone;

    /// <summary>The resource limits of the command.</summary>
    public required ResourceLimits Limits { get; init; }
}

/// <summary>A folder or file of the node, and the path at which a command sees it.</summary>
internal sealed record FolderBind(string From, string To, bool IsReadOnly);

/// <summary>
/// A process that merges stderr into stdout, leads its own session, and begins its work only after it has read <see
/// cref="Input"/>. So an agent that dies before it recorded the process leaves no running command behind.
/// </summary>
internal sealed record SandboxLaunch(
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    string Folder,
    byte[] Input
)
{
    /// <summary>The user that may reopen the output as /dev/stdout; null when that is the agent's user.</summary>
    public uint? OutputOwner { get; init; }

    /// <summary>The command, when it is no descendant of this process; else null.</summary>
    public IDetachedCommand? Detached { get; init; }

    public ProcessStartInfo ToStartInfo()
    {
        var start = new ProcessStartInfo(Arguments[0], Arguments.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = Folder,
        };
        start.Environment.Clear();
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }
        return start;
    }

    /// <summary>Lets the started process begin its work.</summary>
    public async Task GoAsync(Process process, CancellationToken cancellationToken)
    {
        if (OutputOwner is { } user)
        {
            Native.TryOwnTarget($"/proc/{process.Id}/fd/1", user);
        }
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(Input, cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The process ended before it read its input; its exit code says more.
        }
    }
}
