using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using Trainyard.Tests.Shared;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.Chaos.World;

/// <summary>
/// The real programs, and all that can be done to them: a service, two agents (one on a host of its own where that can be
/// made), a real S3 server, and between them lines that can be cut and disks that can be full.
/// </summary>
internal sealed class Yard : IAsyncDisposable
{
    /// <summary>Agents' heartbeats come twice a second: a node that is silent for so long has lost its runs.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(6);

    // A thousand faults take 600 runs along, of which 50 leave a model of 12 MB in their bucket and one beside their record.
    private const int ServiceMegabytes = 2500;
    private const int NodeMegabytes = 400;
    private const string FaketimeLibrary = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

    private readonly TemporaryFolder _folder = new();
    private readonly SwiftServer _swift = new();
    private readonly int _port = FreePort.Find();
    private readonly Action<string> _tell;

    private Yard(Action<string> tell)
    {
        _tell = tell;
        Mark = Guid.NewGuid().ToString("N");
        ServiceDisk = new SizedDisk(_folder.File("home"), ServiceMegabytes);
        NodeDisks =
        [
            new SizedDisk(_folder.File("node-1"), NodeMegabytes),
            new SizedDisk(_folder.File("node-2"), NodeMegabytes),
        ];
        Host = NetworkNamespace.TryCreate();
        Logs = _folder.Folder("logs");
        Http = new HttpClient
        {
            BaseAddress = new Uri($"http://127.0.0.1:{_port}/"),
            Timeout = TimeSpan.FromSeconds(15),
        };
    }

    /// <summary>A variable that every process of this yard carries.</summary>
    public string Mark { get; }

    public string Logs { get; }

    public SizedDisk ServiceDisk { get; }

    public IReadOnlyList<SizedDisk> NodeDisks { get; }

    /// <summary>Where the second agent lives; null where this user may not make hosts.</summary>
    public NetworkNamespace? Host { get; }

    public SupervisedProcess Service { get; private set; } = null!;

    public IReadOnlyList<SupervisedProcess> Agents { get; private set; } = [];

    /// <summary>From each agent to the service.</summary>
    public IReadOnlyList<TcpProxy> AgentLines { get; private set; } = [];

    /// <summary>From service and agents to the S3 server.</summary>
    public TcpProxy StoreLine { get; private set; } = null!;

    /// <summary>The S3 server seen from behind its line.</summary>
    public SwiftClient Store { get; private set; } = null!;

    public SwiftUser StoreUser => _swift.Owner;

    public bool HasStore => SwiftServer.Missing is null;

    /// <summary>Asks the service itself, past all lines, with the operator's key.</summary>
    public HttpClient Http { get; }

    public string Home => ServiceDisk.Path;

    public bool CanSetClock => File.Exists(FaketimeLibrary);

    public IEnumerable<SupervisedProcess> Programs => [Service, .. Agents];

    public static async Task<Yard> StartAsync(Action<string> tell, CancellationToken stop)
    {
        var yard = new Yard(tell);
        try
        {
            await yard.StartAllAsync(stop);
            return yard;
        }
        catch
        {
            await yard.DisposeAsync();
            throw;
        }
    }

    /// <summary>Seconds by which the service's clock is wrong from now on.</summary>
    public void SetClock(int seconds) => File.WriteAllText(ClockFile, $"{seconds:+0;-0;+0}\n");

    /// <summary>Everything runs, every line passes, every disk has room, every clock is right.</summary>
    public void Heal()
    {
        foreach (var line in AgentLines.Append(StoreLine))
        {
            line.Mode = ProxyMode.Pass;
        }
        Host?.Plug();
        Host?.Calm();
        foreach (var disk in NodeDisks.Append(ServiceDisk))
        {
            disk.Free();
        }
        SetClock(0);
        foreach (var program in Programs)
        {
            program.Thaw();
            program.Start();
        }
    }

    public async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await Http.GetAsync(new Uri("health", UriKind.Relative));
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Copies logs and state, for whoever looks for the cause.</summary>
    public void KeepIn(string folder)
    {
        Directory.CreateDirectory(folder);
        using var copy = Process.Start("cp", ["-a", Logs, Home, .. NodeDisks.Select(disk => disk.Path), folder]);
        copy.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var program in Agents.Append(Service).Where(program => program is not null))
        {
            program.Dispose();
        }
        await LeftProcesses.KillAsync(_folder.Path);
        foreach (var line in AgentLines.Append(StoreLine).Where(line => line is not null))
        {
            await line.DisposeAsync();
        }
        Store?.Dispose();
        await _swift.DisposeAsync();
        Host?.Dispose();
        Http.Dispose();
        foreach (var disk in NodeDisks.Append(ServiceDisk))
        {
            disk.Dispose();
        }
        _folder.Dispose();
    }

    private string ClockFile => _folder.File("clock");

    private async Task StartAllAsync(CancellationToken stop)
    {
        await _swift.InitializeAsync();
        stop.ThrowIfCancellationRequested();
        SetClock(0);
        var ours = Host?.Address ?? IPAddress.Loopback;
        var service = new IPEndPoint(IPAddress.Loopback, _port);
        AgentLines = [new TcpProxy(IPAddress.Loopback, service), new TcpProxy(ours, service)];
        StoreLine = new TcpProxy(ours, HasStore ? new IPEndPoint(IPAddress.Loopback, _swift.Endpoint.Port) : service);
        Service = new SupervisedProcess("service", ServiceCommand, LogOf("service"), _tell);
        Agents = [.. Enumerable.Range(0, 2).Select(MakeAgent)];
        Service.Start();
        await Eventually.Be(
            "the service is ready",
            () =>
            {
                stop.ThrowIfCancellationRequested();
                return IsReadyAsync();
            },
            TimeSpan.FromSeconds(90),
            () => File.ReadAllText(LogOf("service"))
        );
        var key = (await File.ReadAllTextAsync(Path.Combine(Home, "key"), stop)).Trim();
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (HasStore)
        {
            Store = await SwiftClient.Login(_swift);
        }
        foreach (var agent in Agents)
        {
            agent.Start();
        }
    }

    private SupervisedProcess MakeAgent(int index)
    {
        var name = $"agent-{index + 1}";
        return new SupervisedProcess(name, () => AgentCommand(index), LogOf(name), _tell);
    }

    private string LogOf(string name) => Path.Combine(Logs, name + ".log");

    private ProcessStartInfo ServiceCommand()
    {
        var start = Command(["dotnet", Built("functions", "Trainyard.Functions.dll"), "--port", $"{_port}"]);
        start.Environment["TRAINYARD_HOME"] = Home;
        start.Environment["Pool__StartAgent"] = "false";
        start.Environment["Pool__LeaseDuration"] = $"{Lease}";
        start.Environment["Pool__HeartbeatInterval"] = "00:00:00.5";
        start.Environment["Pool__GracePeriod"] = "00:00:01";
        start.Environment["Stores__PartBytes"] = $"{5 * 1024 * 1024}";
        if (CanSetClock)
        {
            start.Environment["LD_PRELOAD"] = FaketimeLibrary;
            start.Environment["FAKETIME_TIMESTAMP_FILE"] = ClockFile;
            start.Environment["FAKETIME_CACHE_DURATION"] = "1";
            start.Environment["DONT_FAKE_MONOTONIC"] = "1";
            // Else each wait for a while returns at once, and the service's timers take two processors.
            start.Environment["FAKETIME_FORCE_MONOTONIC_FIX"] = "0";
        }

        return start;
    }

    private ProcessStartInfo AgentCommand(int index)
    {
        IReadOnlyList<string> command =
        [
            "dotnet",
            Built("agent", "Trainyard.Agent.dll"),
            "--service",
            AgentLines[index].Address.ToString(),
            "--pool-key-file",
            Path.Combine(Home, "agent", "pool.key"),
            "--work",
            NodeDisks[index].Path,
        ];
        var start = Command(index == 1 && Host is not null ? Host.Enter(command) : command);
        start.Environment["Pool__Slots"] = "3";
        start.Environment["Agent__Containers"] = "none";
        return start;
    }

    private ProcessStartInfo Command(IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { WorkingDirectory = _folder.Path };
        start.Environment["TRAINYARD_CHAOS"] = Mark;
        foreach (var variable in (string[])["ML_ENV", "ML_USERNAME", "ML_PASSWORD", "ML_INSTANCE"])
        {
            start.Environment.Remove(variable);
        }
        return start;
    }

    internal static string Built(string room, string file)
    {
        var target = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var repository = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(repository.FullName, "Functions.sln")))
        {
            repository =
                repository.Parent ?? throw new InvalidOperationException("No Functions.sln above the campaign.");
        }
        return Path.Combine(repository.FullName, room, "bin", target.Parent!.Name, target.Name, file);
    }
}
