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

    public async Task SubmitAsync(int number)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("v3/models", UriKind.Relative))
        {
            Content = new MultipartFormDataContent
            {
                { new StringContent(Manifest(number)), "manifest", "manifest.yaml" },
                { new ByteArrayContent(Archive), "model_definition", "model.zip" },
            },
        };
        using var answer = await _http.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();
        if (answer.StatusCode is not HttpStatusCode.Accepted)
        {
            throw new InvalidOperationException($"{name}'s run {number} was refused: {body}");
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
        }
    }

    public void Dispose() => _http.Dispose();

    // Of ten runs seven need one GPU, two need two, one needs four; each fourth goes first among its owner's own.
    private static string Manifest(int number)
    {
        var gpus = (number % 10) switch
        {
            3 => 4,
            5 or 8 => 2,
            _ => 1,
        };
        var type = (number % 10) switch
        {
            1 => ", gpu_type: t4",
            7 when number % 20 == 7 => ", gpu_type: a100",
            _ => "",
        };
        var seconds = 0.5 + (number % 4 * 0.5);
        return $"""
            model_definition:
              name: shared-{number}
              framework: {"{"}name: python, version: "3"{"}"}
              execution:
                command: bash run.sh {seconds.ToString(System.Globalization.CultureInfo.InvariantCulture)} {gpus}
                compute_configuration: {"{"}gpus: {gpus}, cpus: 0.1, memory: 16 MB{type}{"}"}
            training_data_reference: {"{"}type: file, source: {"{"}bucket: data{"}"}{"}"}
            training_results_reference: {"{"}type: file, target: {"{"}bucket: results{"}"}{"}"}
            retries: {"{"}node_lost: 10, system_error: 10, store_error: 10{"}"}
            max_duration: 10m
            priority: {(number % 4 == 0 ? "high" : "normal")}
            """;
    }

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
