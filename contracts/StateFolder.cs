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

    /// <summary>What belongs to the agent of this machine.</summary>
    public string Agent => Below("agent");

    /// <summary>The secret by which agents lease runs: one line.</summary>
    public string PoolKeyFile => System.IO.Path.Combine(Agent, "pool.key");

    /// <summary>Held exclusively by the running agent.</summary>
    public string AgentLock => System.IO.Path.Combine(Agent, "agent.lock");

    /// <summary>The process id of the running agent: one line.</summary>
    public string AgentPidFile => System.IO.Path.Combine(Agent, "agent.pid");

    /// <summary>What the agent says of itself; not the runs' logs.</summary>
    public string AgentLog => System.IO.Path.Combine(Agent, "agent.log");

    /// <summary>The folder that was configured, else <see cref="Variable"/>, else <c>trainyard</c> in the user's data folder.</summary>
    public static StateFolder Find(string? configured) =>
        new(
            NullIfEmpty(configured)
                ?? NullIfEmpty(Environment.GetEnvironmentVariable(Variable))
                ?? System.IO.Path.Combine(
                    Environment.GetFolderPath(
                        Environment.SpecialFolder.LocalApplicationData,
                        Environment.SpecialFolderOption.DoNotVerify
                    ),
                    "trainyard"
                )
        );

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private string Below(string name) => System.IO.Path.Combine(Path, name);
}
