using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Trainyard.Chaos.World;
using Trainyard.Tests.Shared;

namespace Trainyard.Chaos.Sharing;

/// <summary>A service, three hosts with different GPUs, and three owners of whom one has twice the weight.</summary>
internal sealed class SharedPool : IAsyncDisposable
{
    private static readonly (string Model, int Count)[] Machines =
    [
        ("Tesla V100-SXM2-16GB", 4),
        ("Tesla T4", 2),
        ("NVIDIA A100-SXM4-40GB", 1),
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly int _port = FreePort.Find();
    private readonly HttpClient _http;
    private readonly SupervisedProcess _service;

    private SharedPool(Action<string> tell)
    {
        _http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(15) };
        _service = new SupervisedProcess("service", ServiceCommand, _folder.File("service.log"), tell);
        Hosts =
        [
            .. Machines.Select(
                (gpus, i) => new GpuHost(i, _folder.Path, gpus, new IPEndPoint(IPAddress.Loopback, _port), tell)
            ),
        ];
    }

    public IReadOnlyList<GpuHost> Hosts { get; }

    public IReadOnlyList<SharingOwner> Owners { get; private set; } = [];

    private Uri Address => new($"http://127.0.0.1:{_port}/");

    private string Home => _folder.File("home");

    public static async Task<SharedPool> StartAsync(Action<string> tell, CancellationToken stop)
    {
        var pool = new SharedPool(tell);
        try
        {
            await pool.StartAsync(stop);
            return pool;
        }
        catch
        {
            await pool.DisposeAsync();
            throw;
        }
    }

    /// <summary>The token that a run's command left in the bucket; null for none.</summary>
    public string? ResultOf(string run)
    {
        var file = Path.Combine(Home, "buckets", "results", run, "token");
        return File.Exists(file) ? File.ReadAllText(file).Trim() : null;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in Hosts)
        {
            await host.DisposeAsync();
        }
        foreach (var owner in Owners)
        {
            owner.Dispose();
        }
        _service.Dispose();
        await LeftProcesses.KillAsync(_folder.Path);
        _http.Dispose();
        _folder.Dispose();
    }

    private async Task StartAsync(CancellationToken stop)
    {
        Directory.CreateDirectory(Path.Combine(Home, "buckets", "data"));
        await File.WriteAllTextAsync(Path.Combine(Home, "buckets", "data", "a.txt"), "data\n", stop);
        Directory.CreateDirectory(Path.Combine(Home, "buckets", "results"));
        _service.Start();
        await Eventually.Be(
            "the service is ready",
            () =>
            {
                stop.ThrowIfCancellationRequested();
                return IsReadyAsync();
            },
            TimeSpan.FromSeconds(90),
            () => File.ReadAllText(_folder.File("service.log"))
        );
        var key = (await File.ReadAllTextAsync(Path.Combine(Home, "key"), stop)).Trim();
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        Owners = [await OwnerAsync("ann", 2), await OwnerAsync("bob", 1), await OwnerAsync("carol", 1)];
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri("health", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<SharingOwner> OwnerAsync(string name, int weight)
    {
        using var content = new StringContent($$"""{"owner":"{{name}}"}""", null, "application/json");
        using var answer = await _http.PostAsync(new Uri("v3/keys", UriKind.Relative), content);
        answer.EnsureSuccessStatusCode();
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return new SharingOwner(name, weight, Address, document.RootElement.GetProperty("key").GetString()!);
    }

    private ProcessStartInfo ServiceCommand()
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [Yard.Built("functions", "Trainyard.Functions.dll"), "--port", $"{_port}"]
        )
        {
            WorkingDirectory = _folder.Path,
        };
        start.Environment["TRAINYARD_HOME"] = Home;
        start.Environment["Pool__StartAgent"] = "false";
        start.Environment["Pool__LeaseDuration"] = $"{Yard.Lease}";
        start.Environment["Pool__HeartbeatInterval"] = "00:00:00.5";
        start.Environment["Pool__GracePeriod"] = "00:00:01";
        start.Environment["Pool__FairShareWeights__ann"] = "2";
        start.Environment["Stores__File__Common"] = "data,results";
        return start;
    }
}
