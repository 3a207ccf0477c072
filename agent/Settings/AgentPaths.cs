using Trainyard.Contracts;

namespace Trainyard.Agent.Settings;

/// <summary>The paths of the agent's files, and the address of its service.</summary>
internal sealed record AgentPaths
{
    /// <summary>The folder that holds the folders of the attempts.</summary>
    public required string Work { get; init; }

    /// <summary>The lock file, which is held open while the agent runs.</summary>
    public required string LockFile { get; init; }

    public required string PidFile { get; init; }

    public required string PoolKeyFile { get; init; }

    /// <summary>The file in which the service writes its address; null when the address is given.</summary>
    public string? ServiceFile { get; init; }

    /// <summary>The service's given address; null when a file has it.</summary>
    public Uri? ServiceUrl { get; init; }

    /// <summary>The settings file of the home; null without a home.</summary>
    public string? SettingsFile { get; init; }

    /// <summary>The paths of an agent next to a service on this machine.</summary>
    public static AgentPaths OfHome(StateFolder home) =>
        new()
        {
            Work = home.AgentWork,
            LockFile = home.AgentLock,
            PidFile = home.AgentPidFile,
            PoolKeyFile = home.PoolKeyFile,
            ServiceFile = home.ServiceFile,
            SettingsFile = home.SettingsFile,
        };

    /// <summary>The paths of an agent on another machine.</summary>
    public static AgentPaths OfNode(Uri service, string poolKeyFile, string work) =>
        new()
        {
            Work = work,
            LockFile = Path.Combine(work, "agent.lock"),
            PidFile = Path.Combine(work, "agent.pid"),
            PoolKeyFile = poolKeyFile,
            ServiceUrl = service,
        };
}
