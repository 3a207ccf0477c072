namespace Trainyard.Agent;

/// <summary>The exit codes of the agent's process.</summary>
internal enum AgentExitCode
{
    /// <summary>The agent was told to stop, or its service went away, and nothing was left to do.</summary>
    Done = 0,

    /// <summary>The agent failed; the last line on stderr says why.</summary>
    Failed = 1,

    /// <summary>The arguments or settings are invalid.</summary>
    Usage = 2,

    /// <summary>Another agent holds the lock of this home or work folder.</summary>
    AlreadyRunning = 3,

    /// <summary><c>Agent__Sandbox=bubblewrap</c>, but bubblewrap does not work here.</summary>
    NoSandbox = 4,

    /// <summary><c>Agent__Containers</c> names an engine that does not work here.</summary>
    NoContainers = 5,

    /// <summary><c>Pool__Network</c> demands rules that cannot be enforced here.</summary>
    NoNetworkRules = 6,
}
