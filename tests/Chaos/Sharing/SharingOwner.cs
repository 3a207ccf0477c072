using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Trainyard.Chaos.Sharing;

/// <summary>An owner with a weight, and the runs that they submit.</summary>
internal sealed class SharingOwner(string name, int weight, Uri service, string key) : IDisposable
{
    private static readonly byte[] Archive = MakeArchive();

    private readonly HttpClient _http = new()
    {
        BaseAddress = service,
        Timeout = TimeSpan.FromSeconds(30),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) },
    };

    public string Name => name;

    public int Weight => weight;

    /// <summary>Those submitted, with their state as it was last seen.</summary>
    public Dictionary<string, string> Runs { get; } = [];

    /// <summary>What was last said of each, for whoever looks for the cause.</summary>
    public Dictionary<string, string?> Messages { get; } = [];

    /// <summary>The GPU seconds that the service says the owner had, as of the last look at which it had a run waiting.</summary>
    public double ToldSeconds { get; private set; }

    public async Task SubmitAsync(SharedRun run)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("v3/models", UriKind.Relative))
        {
            Content = new MultipartFormDataContent
            {
                { new StringContent(run.Manifest()), "manifest", "manifest.yaml" },
                { new ByteArrayContent(Archive), "model_definition", "model.zip" },
            },
        };
        using var answer = await _http.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();
        if (answer.StatusCode is not HttpStatusCode.Accepted)
        {
            throw new InvalidOperationException($"{name}'s run {run.Number} was refused: {body}");
        }
        using var document = JsonDocument.Parse(body);
        Runs[document.RootElement.GetProperty("metadata").GetProperty("guid").GetString()!] = "pending";
    }

    public async Task LookAsync()
    {
        using var document = JsonDocument.Parse(
            await _http.GetStringAsync(new Uri("v3/models?limit=1000", UriKind.Relative))
        );
        foreach (var run in document.RootElement.GetProperty("resources").EnumerateArray())
        {
            var id = run.GetProperty("metadata").GetProperty("guid").GetString()!;
            var status = run.GetProperty("entity").GetProperty("status");
            Runs[id] = status.GetProperty("state").GetString()!;
            Messages[id] = status.GetProperty("message").GetString();
            if (status.TryGetProperty("queue", out var queue) && queue.TryGetProperty("share", out var share))
            {
                ToldSeconds = share.GetProperty("used_gpu_hours").GetDouble() * 3600;
            }
        }
    }

    public void Dispose() => _http.Dispose();

    private static byte[] MakeArchive()
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        using (var entry = zip.CreateEntry("run.sh").Open())
        {
            entry.Write(Encoding.UTF8.GetBytes(GpuRecords.Script + "\n"));
        }
        return bytes.ToArray();
    }
}
