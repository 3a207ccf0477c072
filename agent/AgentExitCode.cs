namespace Trainyard.Agent;

/// <summary>How the agent's process ends.</summary>
internal enum AgentExitCode
{
    /// <summary>It was told to stop, or its service went away, and nothing was left to do.</summary>
    Done = 0,

    /// <summary>It broke; the last line on stderr says why.</summary>
    Failed = 1,

    /// <summary>The arguments or settings make no sense.</summary>
    Usage = 2,

    /// <summary>Another agent holds the lock of this home or work folder.</summary>
    AlreadyRunning = 3,

    /// <summary><c>Agent__Sandbox=bubblewrap</c>, but bubblewrap does not work here.</summary>
    NoSandbox = 4,

    /// <summary><c>Agent__Containers</c> names an engine that does not work here.</summary>
    NoContainers = 5,

    /// <summary><c>Pool__Network</c> demands rules that cannot be held here.</summary>
    NoNetworkRules = 6,
}
