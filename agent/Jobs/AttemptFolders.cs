using Trainyard.Agent.Files;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Jobs;

/// <summary>
/// The folders of an attempt on this machine. The command owns only <see cref="Job"/> and below,
/// <see cref="UserHome"/> and <see cref="Temporary"/>; the rest is the agent's.
/// </summary>
internal sealed class AttemptFolders
{
    public AttemptFolders(string root, JobNames names)
    {
        Root = PrivateFolder.Create(root);
        Job = Create("job");
        Data = Create(Path.Combine("job", names.Data));
        Results = Create(Path.Combine("job", names.Results));
        Model = Create(Path.Combine("job", JobNames.Model));
        Logs = Create(Path.Combine("job", JobNames.Logs));
        UserHome = Create("home");
        Temporary = Create("tmp");
        // Programs written for the 2018 service expect the model's folder to exist.
        Create(Path.Combine("job", names.Results, "model"));
        Directory.CreateSymbolicLink(
            Path.Combine(Job, JobNames.LatestLog),
            Path.Combine(JobNames.Logs, JobNames.LogFile)
        );
    }

    public string Root { get; }

    public string Job { get; }

    public string Data { get; }

    public string Results { get; }

    public string Model { get; }

    public string Logs { get; }

    public string UserHome { get; }

    public string Temporary { get; }

    /// <summary>The agent's own copy of the command's output.</summary>
    public string LogSpool => Path.Combine(Root, "log");

    /// <summary>The time at which each part of the output was printed.</summary>
    public string LogTimesSpool => Path.Combine(Root, "log-times");

    /// <summary>The agent's own copy of the metrics.</summary>
    public string MetricsSpool => Path.Combine(Root, "metrics");

    /// <summary>The agent's measurements of the node.</summary>
    public string SystemSpool => Path.Combine(Root, "system");

    /// <summary>The agent's copy of the checkpoint file that is being saved.</summary>
    public string CheckpointCopy => Path.Combine(Root, "checkpoint");

    public string Archive => Path.Combine(Root, "archive.zip");

    /// <summary>The file that identifies the command's processes.</summary>
    public string Mark => MarkOf(Root);

    public static string MarkOf(string root) => Path.Combine(root, "process.json");

    /// <summary>The name of an attempt's folder below the work folder; always a new one.</summary>
    public static string NameOf(NodeTask task) =>
        $"{task.RunId}-{task.Attempt}-{System.Security.Cryptography.RandomNumberGenerator.GetHexString(4, lowercase: true)}";

    private string Create(string name) => PrivateFolder.Create(Path.Combine(Root, name));
}
