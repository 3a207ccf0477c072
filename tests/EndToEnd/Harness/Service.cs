using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Tests.Shared;

namespace Trainyard.EndToEnd.Harness;

/// <summary>The real service as a process on a state folder of its own, with its real agents.</summary>
internal sealed class Service : IAsyncDisposable
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopsWithin = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();
    private readonly ProcessFamily _family = new();
    private readonly Dictionary<string, string?> _environment;
    private ChildProcess? _process;
    private IDisposable? _prepared;

    private Service(int port, IReadOnlyDictionary<string, string> settings)
    {
        Address = new Uri($"http://127.0.0.1:{port}/");
        Http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
        _environment = new Dictionary<string, string?>(
            settings.ToDictionary(pair => pair.Key, pair => (string?)pair.Value)
        )
        {
            ["TRAINYARD_HOME"] = Home,
            [ProcessFamily.Variable] = _family.Mark,
            ["ML_ENV"] = null,
            ["ML_USERNAME"] = null,
            ["ML_PASSWORD"] = null,
        };
        // Trying an engine takes time that only tests of containers need.
        _environment.TryAdd("Agent__Containers", "none");
    }

    public Uri Address { get; }

    public string Home => Path.Combine(_folder.Path, "home");

    /// <summary>The folders of the agents that were started apart from the service.</summary>
    public string Nodes => Path.Combine(_folder.Path, "nodes");

    /// <summary>Asks without a key.</summary>
    public HttpClient Http { get; }

    public Bx Bx => new(Home, Address);

    public IReadOnlyList<string> Messages => _process?.Lines ?? [];

    /// <param name="settings">Settings as environment variables, such as <c>Pool__Slots</c>.</param>
    public static Task<Service> Start(params (string Name, string Value)[] settings) => Start(_ => null, settings);

    /// <param name="prepare">What is done with the home before it is used; ends when the service has ended.</param>
    /// <param name="settings">Settings as environment variables.</param>
    public static async Task<Service> Start(
        Func<string, IDisposable?> prepare,
        params (string Name, string Value)[] settings
    )
    {
        // The agents of a killed service come back to its address: it must be the same after a restart.
        var service = new Service(FreePort.Find(), settings.ToDictionary(pair => pair.Name, pair => pair.Value));
        service._prepared = prepare(service.Home);
        await service.Start();
        return service;
    }

    public async Task Start()
    {
        _process = ChildProcess.Start(
            "dotnet",
            [Programs.Service, "--port", $"{Address.Port}"],
            _environment,
            workingDirectory: _folder.Path
        );
        await Eventually.Be(
            "the service is ready",
            async () => !_process.HasExited ? await IsReady() : throw new InvalidOperationException(_process.Output),
            ReadyWithin,
            () => _process.Output
        );
    }

    /// <summary>An agent as on a node of its own; its folder is the same whenever it is started again.</summary>
    public ChildProcess StartAgent(string name, params (string Name, string Value)[] settings)
    {
        var work = _folder.Folder(Path.Combine(Nodes, name));
        var key = Path.Combine(Home, "agent", "pool.key");
        var environment = new Dictionary<string, string?>(_environment);
        foreach (var (setting, value) in settings)
        {
            environment[setting] = value;
        }
        string[] arguments = ["--service", $"{Address}", "--pool-key-file", key, "--work", work];
        return ChildProcess.Start("dotnet", [Programs.Agent, .. arguments], environment);
    }

    /// <summary>SIGKILL to the service alone; its agents and their runs go on.</summary>
    public async Task Kill()
    {
        _process!.Kill();
        await _process.WaitForExit(StopsWithin);
    }

    /// <summary>SIGTERM, and the end it asks for.</summary>
    public async Task Stop()
    {
        _process!.Signal("TERM");
        await Eventually.Be("the service stops", () => _process.HasExited, StopsWithin, () => _process.Output);
    }

    /// <summary>Sends a signal, by its name without SIG, to the service alone.</summary>
    public void Signal(string name) => _process!.Signal(name);

    /// <summary>The first line of the service's output, so far or to come, that has these words.</summary>
    public Task<string> WaitForLine(string words) => _process!.WaitForLine(line => line.Contains(words), ReadyWithin);

    /// <summary>The exit code of a service that was told to stop.</summary>
    public Task<int> WaitForExit() => _process!.WaitForExit(StopsWithin);

    /// <summary>SIGKILL to the agent alone, as if its node had died.</summary>
    public void KillAgent() =>
        ProcessFamily.KillOne(
            _family.Find("Trainyard.Agent.dll") ?? throw new InvalidOperationException("There is no agent.")
        );

    /// <summary>SIGKILL to the service, its agents and their commands, as when the machine loses power.</summary>
    public async Task KillEverything()
    {
        _family.Kill();
        await _process!.WaitForExit(StopsWithin);
    }

    /// <summary>The folder of a bucket of the <c>file</c> store, of the first owner or of another.</summary>
    public string Bucket(string name, string? owner = null) =>
        Directory
            .CreateDirectory(Path.Combine(Home, "buckets", owner is null ? "" : Path.Combine(".owners", owner), name))
            .FullName;

    /// <summary>Asks as the owner of this key, or of the first key.</summary>
    public HttpClient Client(string? key = null)
    {
        var client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
        key ??= File.ReadAllText(Path.Combine(Home, "key")).Trim();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>Lets a timer's function run now.</summary>
    public async Task Fire(string function)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            new Uri($"admin/functions/{function}", UriKind.Relative)
        )
        {
            Content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("x-functions-key", (await File.ReadAllTextAsync(Path.Combine(Home, "host.key"))).Trim());
        using var answer = await Http.SendAsync(request);
        Assert.Equal(System.Net.HttpStatusCode.Accepted, answer.StatusCode);
    }

    /// <summary>A new key for an owner.</summary>
    public async Task<string> KeyFor(string owner)
    {
        var made = await Bx.Run("ml", "keys", "add", owner, "--output", "json");
        Assert.True(made.ExitCode == 0, made.ToString());
        return JsonSerializer.Deserialize<ApiKeyResource>(string.Join('\n', made.Out), WireJson.Options)!.Key;
    }

    /// <summary>The most memory, in bytes, that the service itself has held at once.</summary>
    public long PeakMemory()
    {
        const string Label = "VmHWM:";
        var line = File.ReadLines($"/proc/{_process!.Id}/status")
            .First(l => l.StartsWith(Label, StringComparison.Ordinal));
        return long.Parse(line[Label.Length..^"kB".Length].Trim(), CultureInfo.InvariantCulture) * 1024;
    }

    public async Task<RunResource> Run(string id, string? key = null)
    {
        using var client = Client(key);
        var json = await client.GetStringAsync(new Uri($"v3/models/{id}", UriKind.Relative));
        return JsonSerializer.Deserialize<RunResource>(json, WireJson.Options)!;
    }

    /// <summary>The run as soon as it is as wanted.</summary>
    public Task<RunResource> WaitForRun(
        string id,
        Func<RunResource, bool> wanted,
        string what,
        int seconds = 60,
        string? key = null
    )
    {
        RunResource? last = null;
        return Eventually.Get(
            $"{id} {what}",
            async () => wanted(last = await Run(id, key)) ? last : null,
            TimeSpan.FromSeconds(seconds),
            () => $"{JsonSerializer.Serialize(last?.Entity.Status, WireJson.Options)}\n{_process?.Output}"
        );
    }

    public Task<RunResource> WaitForEnd(string id, int seconds = 60, string? key = null) =>
        WaitForRun(id, run => run.Entity.Status.FinishedAt is not null, "ends", seconds, key);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (_process is { HasExited: false })
        {
            await Stop();
        }

        _family.Kill();
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _prepared?.Dispose();
        _folder.Dispose();
    }

    private async Task<bool> IsReady()
    {
        try
        {
            using var answer = await Http.GetAsync(new Uri("health", UriKind.Relative));
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
