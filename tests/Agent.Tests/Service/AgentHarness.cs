using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Trainyard.Agent.Files;
using Trainyard.Agent.Logging;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests.Service;

/// <summary>A home with a fake service and a real agent process.</summary>
internal sealed class AgentHarness : IAsyncDisposable
{
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private readonly TemporaryFolder _home = new();
    private readonly List<ChildProcess> _agents = [];

    private AgentHarness() => Service = new FakeService(_home.Path);

    public string Home => _home.Path;

    public string Work => Path.Combine(Home, "agent", "work");

    public FakeService Service { get; }

    public static async Task<AgentHarness> OpenAsync()
    {
        var harness = new AgentHarness();
        await harness.Service.StartAsync();
        return harness;
    }

    public ChildProcess StartAgent(string sandbox = "none", params (string Name, string Value)[] settings)
    {
        var environment = settings.ToDictionary(s => s.Name, s => (string?)s.Value);
        environment["Agent__Sandbox"] = sandbox;
        // As in a container on this machine, whatever GPUs it has.
        environment.TryAdd("Pool__Slots", "2");
        // Trying an engine takes time that only tests of containers need.
        environment.TryAdd("Agent__Containers", "none");
        var program = Path.Combine(AppContext.BaseDirectory, "Trainyard.Agent.dll");
        var agent = ChildProcess.Start("dotnet", [program, "--home", Home], environment);
        _agents.Add(agent);
        return agent;
    }

    /// <summary>An agent without root's rights, from a copy that anybody may read.</summary>
    public async Task StartAgentAsNobodyAsync(string sandbox, params (string Name, string Value)[] settings)
    {
        var copy = _home.Folder("program");
        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)), overwrite: true);
        }
        string[] run = ["dotnet", Path.Combine(copy, "Trainyard.Agent.dll"), "--home", Home];
        if (Environment.IsPrivilegedProcess)
        {
            await using var own = ChildProcess.Start("chown", ["-R", "65534:65534", Home]);
            await own.WaitForExit(Soon);
            run = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", .. run];
        }
        var environment = settings.ToDictionary(s => s.Name, s => (string?)s.Value);
        environment["Agent__Sandbox"] = sandbox;
        environment["HOME"] = Home;
        _agents.Add(ChildProcess.Start(run[0], run[1..], environment));
    }

    /// <summary>What all agents printed.</summary>
    public string AgentOutput => string.Join('\n', _agents.Select(a => a.Output));

    /// <summary>Ends all agents as if the machine had lost its power.</summary>
    public async Task KillAgentsAsync()
    {
        foreach (var agent in _agents)
        {
            agent.Kill();
            await agent.WaitForExit(Soon);
        }
    }

    /// <summary>A program of the test's own.</summary>
    /// <returns>Its folder.</returns>
    public string WriteProgram(string name, string script)
    {
        var file = _home.Write($"programs/{name}", $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(file, File.GetUnixFileMode(file) | UnixFileMode.UserExecute);
        return Path.GetDirectoryName(file)!;
    }

    public FakeRun Submit(string command, Action<RunDraft>? change = null)
    {
        var draft = new RunDraft(command);
        change?.Invoke(draft);
        return Service.Submit(draft.Build());
    }

    public async Task<(FakeRun Run, CompletionReport Report)> RunAsync(
        string command,
        Action<RunDraft>? change = null,
        TimeSpan? within = null
    )
    {
        var run = Submit(command, change);
        return (run, await CompletionAsync(run, within ?? Soon));
    }

    /// <summary>Waits for the completion; a failure says what the agents printed.</summary>
    public Task<CompletionReport> CompletionAsync(FakeRun run) => CompletionAsync(run, Soon);

    public async Task<CompletionReport> CompletionAsync(FakeRun run, TimeSpan within)
    {
        try
        {
            return await run.Completed.WaitAsync(within);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"No completion. Log:\n{run.LogText}\nAgents:\n{AgentOutput}", e);
        }
    }

    /// <summary>Where the agent keeps a run that it holds.</summary>
    public string AttemptFolder(FakeRun run) => Directory.GetDirectories(Work, $"{run.Task.RunId}-*").Single();

    public async ValueTask DisposeAsync()
    {
        foreach (var agent in _agents)
        {
            await agent.DisposeAsync();
        }
        await Service.DisposeAsync();
        // What a killed agent leaves may be more than .NET can delete.
        TreeRemoval.TryRemove(Work);
        _home.Dispose();
    }
}

/// <summary>A run to be submitted.</summary>
internal sealed class RunDraft(string command)
{
    public Dictionary<string, string> Files { get; } = new() { ["train.sh"] = "echo trained\n" };

    public Dictionary<string, byte[]> Binaries { get; } = [];

    public List<FakeObject> Data { get; } = [];

    public Dictionary<string, string> Env { get; } = [];

    public string DataBucket { get; set; } = "dl-data";

    public string? DataAuthorities { get; set; }

    public string ResultsBucket { get; set; } = "dl-models";

    public double? MaxDurationSeconds { get; set; }

    public double GraceSeconds { get; set; } = 5;

    public double LeaseSeconds { get; set; } = 60;

    public double HeartbeatSeconds { get; set; } = 0.2;

    public int Slots { get; set; } = 1;

    public int Attempt { get; set; } = 1;

    public int Learner { get; set; } = 1;

    public int Learners { get; set; } = 1;

    public FakeRendezvous? Rendezvous { get; set; }

    public long? MemoryBytes { get; set; }

    public long? DiskBytes { get; set; }

    public double? Cpus { get; set; }

    public NodeCheckpoint? Checkpoint { get; set; }

    public NodeImage? Image { get; set; }

    public NodeMetrics? Metrics { get; set; }

    public bool InstallDependencies { get; set; }

    public bool StreamsData { get; set; }

    public int LongestResultPath { get; set; }

    public double LifetimeSeconds { get; set; } = 3600;

    public string OwnerKey { get; set; } = "";

    public FakeCheckpoints Checkpoints { get; set; } = new();

    public byte[]? Archive { get; set; }

    public string? ArchiveSha256 { get; set; }

    public FakeRun Build()
    {
        var archive = Archive ?? Zip();
        return new FakeRun
        {
            Archive = archive,
            Data = Data,
            LifetimeSeconds = LifetimeSeconds,
            Checkpoints = Checkpoints,
            Rendezvous = Rendezvous,
            Task = new NodeTask
            {
                DataAuthorities = DataAuthorities,
                RunId = RunId.New(),
                Attempt = Attempt,
                Learner = Learner,
                Learners = Learners,
                LeaseToken = "lease-token-of-the-test",
                LeaseSeconds = LeaseSeconds,
                HeartbeatSeconds = HeartbeatSeconds,
                Command = command,
                ArchiveSha256 = ArchiveSha256 ?? Convert.ToHexStringLower(SHA256.HashData(archive)),
                DataBucket = DataBucket,
                ResultsBucket = ResultsBucket,
                LongestResultPath = LongestResultPath,
                Gpus = 1,
                Slots = Slots,
                MemoryBytes = MemoryBytes,
                DiskBytes = DiskBytes,
                Cpus = Cpus,
                MaxDurationSeconds = MaxDurationSeconds,
                GraceSeconds = GraceSeconds,
                LogOffset = 0,
                MetricsOffset = 0,
                Checkpoint = Checkpoint,
                Image = Image,
                Metrics = Metrics,
                InstallDependencies = InstallDependencies,
                OwnerKey = OwnerKey,
                StreamsData = StreamsData,
                Env = Env,
            },
        };
    }

    private byte[] Zip()
    {
        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in Files)
            {
                Binaries[name] = Encoding.UTF8.GetBytes(text);
            }
            foreach (var (name, content) in Binaries)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        }
        return bytes.ToArray();
    }
}
