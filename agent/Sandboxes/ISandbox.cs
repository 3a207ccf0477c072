using Trainyard.Agent.Attempts;

namespace Trainyard.Agent.Sandboxes;

/// <summary>How a command is kept apart from the machine it runs on.</summary>
internal interface ISandbox
{
    /// <summary>Generations of processes, from the first one started, that only keep the command.</summary>
    int Keepers { get; }

    /// <summary>The attempt's folders as its command sees them.</summary>
    JobView View(AttemptFolders folders, JobNames names);

    /// <summary>The process to start for a command.</summary>
    SandboxLaunch Launch(SandboxedCommand command);
}

/// <summary>A command and what it may use.</summary>
internal sealed record SandboxedCommand(
    string Command,
    AttemptFolders Folders,
    JobView View,
    IReadOnlyDictionary<string, string> Environment
);

/// <summary>
/// A process that merges stderr into stdout, leads its own session, and begins its work only when it has read
/// <see cref="Input"/>: an agent that dies before it could note the process leaves none behind.
/// </summary>
internal sealed record SandboxLaunch(
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    string Folder,
    byte[] Input
);
