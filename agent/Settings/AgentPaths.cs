using Trainyard.Contracts;

namespace Trainyard.Agent.Settings;

/// <summary>Where the agent finds its service and key, and where it works.</summary>
internal sealed record AgentPaths
{
    /// <summary>Attempts live in folders below it.</summary>
    public required string Work { get; init; }

    /// <summary>Held open while the agent lives.</summary>
    public required string LockFile { get; init; }

    public required string PidFile { get; init; }

    public required string PoolKeyFile { get; init; }

    /// <summary>The service's own file with its address; null when the address is given.</summary>
    public string? ServiceFile { get; init; }

    /// <summary>The service's address when it is given.</summary>
    public Uri? ServiceUrl { get; init; }

    /// <summary>The home's settings; null without a home.</summary>
    public string? SettingsFile { get; init; }

    /// <summary>Beside a service on this machine.</summary>
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

    /// <summary>On a node elsewhere.</summary>
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
