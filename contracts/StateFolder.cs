namespace Trainyard.Contracts;

/// <summary>
/// The folder where an embedded service keeps everything, and the files in it that other programs read.
/// </summary>
public sealed class StateFolder(string path)
{
    /// <summary>The environment variable that names the folder.</summary>
    public const string Variable = "TRAINYARD_HOME";

    /// <summary>The configuration key by which the host names the folder.</summary>
    public const string ConfigurationKey = "Trainyard:Home";

    /// <summary>The folder's absolute path.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>The first API key: one line.</summary>
    public string KeyFile => Below("key");

    /// <summary>Where the running service listens: <c>{"url": "...", "pid": n}</c>.</summary>
    public string ServiceFile => Below("service.json");

    /// <summary>The database of records, queue and blob names.</summary>
    public string Database => Below("records.db");

    /// <summary>The contents of blobs.</summary>
    public string Blobs => Below("blobs");

    /// <summary>The keys that encrypt secrets, and the secrets: in <c>runs/</c> those of runs, in <c>named/</c> those of owners.</summary>
    public string Secrets => Below("secrets");

    /// <summary>Where the buckets of <c>file</c> stores are, unless a setting says otherwise.</summary>
    public string Buckets => Below("buckets");

    /// <summary>Where owners drop a manifest and an archive to start a run; one folder below it for each owner.</summary>
    public string Drops => Below("drop");

    /// <summary>The folder of this machine's agent.</summary>
    public string Agent => Below("agent");

    /// <summary>The secret by which agents lease runs: one line.</summary>
    public string PoolKeyFile => System.IO.Path.Combine(Agent, "pool.key");

    /// <summary>Held exclusively by the running agent.</summary>
    public string AgentLock => System.IO.Path.Combine(Agent, "agent.lock");

    /// <summary>The process id of the running agent: one line.</summary>
    public string AgentPidFile => System.IO.Path.Combine(Agent, "agent.pid");

    /// <summary>The agent's own log, not the logs of runs.</summary>
    public string AgentLog => System.IO.Path.Combine(Agent, "agent.log");

    /// <summary>The user's changes to the settings of the service and the agent.</summary>
    public string SettingsFile => Below("appsettings.json");

    /// <summary>The folder of the attempts that this machine's agent runs.</summary>
    public string AgentWork => System.IO.Path.Combine(Agent, "work");

    /// <summary>The configured folder, else the folder of this process's user.</summary>
    /// <exception cref="DirectoryNotFoundException">Nothing is configured, and the user has no data folder.</exception>
    public static StateFolder Find(string? configured) =>
        string.IsNullOrEmpty(configured)
            ? OfUser(Environment.GetEnvironmentVariable)
                ?? throw new DirectoryNotFoundException(
                    $"There is no user data folder to keep state in; set {Variable} to a folder."
                )
            : new(configured);

    /// <summary>
    /// <see cref="Variable"/>, else <c>trainyard</c> in the user's data folder; null when the user has none. Every program
    /// uses this method, so that all programs agree on the folder.
    /// </summary>
    /// <param name="variable">Reads an environment variable.</param>
    public static StateFolder? OfUser(Func<string, string?> variable)
    {
        if (NullIfEmpty(variable(Variable)) is { } named)
        {
            return new(named);
        }
        return NullIfEmpty(UserData(variable)) is { } data ? new(System.IO.Path.Combine(data, "trainyard")) : null;
    }

    // On Linux the given variables define the data folder; on Windows and macOS the folder does not depend on them.
    private static string UserData(Func<string, string?> variable)
    {
        var isByVariables = !OperatingSystem.IsWindows() && !OperatingSystem.IsMacOS();
        if (isByVariables && variable("XDG_DATA_HOME") is ['/', ..] data)
        {
            return data;
        }
        if (isByVariables && variable("HOME") is ['/', ..] home)
        {
            return System.IO.Path.Combine(home, ".local", "share");
        }
        return Environment.GetFolderPath(
            Environment.SpecialFolder.LocalApplicationData,
            Environment.SpecialFolderOption.DoNotVerify
        );
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private string Below(string name) => System.IO.Path.Combine(Path, name);
}
