using System.Diagnostics;
using Trainyard.Agent.Gpus;
using Trainyard.Agent.Jobs;
using Trainyard.Agent.Limits;
using Trainyard.Agent.Processes;

namespace Trainyard.Agent.Sandboxes;

/// <summary>How a command is kept apart from the machine it runs on.</summary>
internal interface ISandbox
{
    /// <summary>As in the setting.</summary>
    string Name { get; }

    /// <summary>Whether a command has all rights on the machine.</summary>
    bool CommandsAreRoot { get; }

    /// <summary>Whether a command sees only the devices that are its own.</summary>
    bool HidesDevices { get; }

    /// <summary>Whether a command cannot write to its data.</summary>
    bool ProtectsData { get; }

    /// <summary>Generations of processes, from the first one started, that only keep the command.</summary>
    int WrapperGenerations { get; }

    /// <summary>Where a command sees its virtual environment; null for where it really is.</summary>
    string? VirtualEnvironment { get; }

    /// <summary>The attempt's folders as its command sees them.</summary>
    JobView View(AttemptFolders folders, JobNames names);

    /// <summary>The process to start for a command.</summary>
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

    /// <summary>The device nodes that are its own.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>The GPUs that these belong to.</summary>
    public IReadOnlyList<Gpu> Gpus { get; init; } = [];

    /// <summary>What it sees besides.</summary>
    public IReadOnlyList<FolderBind> Binds { get; init; } = [];

    /// <summary>The id of the container image that it runs in; null without one.</summary>
    public string? Image { get; init; }

    /// <summary>What it may use.</summary>
    public required ResourceLimits Limits { get; init; }
}

/// <summary>A folder or file of the node, and where a command sees it.</summary>
internal sealed record FolderBind(string From, string To, bool IsReadOnly);

/// <summary>
/// A process that merges stderr into stdout, leads its own session, and begins its work only when it has read
/// <see cref="Input"/>: an agent that dies before it could note the process leaves none behind.
/// </summary>
internal sealed record SandboxLaunch(
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    string Folder,
    byte[] Input
)
{
    /// <summary>The user who may open the output anew, as /dev/stdout; null where that is the agent's own.</summary>
    public uint? OutputOwner { get; init; }

    /// <summary>The command, where it is no descendant of this process; null where it is one.</summary>
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
            // It ended before it read; its exit code says more.
        }
    }
}
