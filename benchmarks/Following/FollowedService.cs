using System.Diagnostics;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;

namespace Trainyard.Benchmarks.Following;

/// <summary>The real service and its agent, as processes on a state folder of their own.</summary>
internal sealed class FollowedService : IAsyncDisposable
{
    private const string Announcement = "Listening on ";
    private readonly Process _service;
    private readonly string _home;

    private FollowedService(Process service, string home, Uri address)
    {
        (_service, _home) = (service, home);
        Client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 10_000 })
        {
            BaseAddress = address,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        var key = File.ReadAllText(Path.Combine(home, "key")).Trim();
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public HttpClient Client { get; }

    public static async Task<FollowedService> StartAsync()
    {
        var home = Directory.CreateTempSubdirectory("trainyard-benchmark-").FullName;
        Directory.CreateDirectory(Path.Combine(home, "buckets", "benchmark-data"));
        Directory.CreateDirectory(Path.Combine(home, "buckets", "benchmark-results"));
        var start = new ProcessStartInfo("dotnet", [Program("functions", "Trainyard.Functions.dll"), "--port", "0"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment["TRAINYARD_HOME"] = home;
        start.Environment["Agent__MaxLogBytes"] = (8L << 30).ToString();
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(Announcement, StringComparison.Ordinal))
            {
                // The pipe must not fill up.
                _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
                return new FollowedService(process, home, new Uri(line[Announcement.Length..]));
            }
        }
        throw new InvalidOperationException("The service ended before it listened.");
    }

    /// <returns>The run's path.</returns>
    public async Task<string> SubmitAsync(string program)
    {
        using var body = new MultipartFormDataContent
        {
            { new StringContent(Manifest), "manifest", "train.yaml" },
            { new ByteArrayContent(Archive(program)), "model_definition", "model.zip" },
        };
        using var answer = await Client.PostAsync(new Uri("/v3/models", UriKind.Relative), body);
        return answer.IsSuccessStatusCode
            ? answer.Headers.Location!.ToString()
            : throw new InvalidOperationException(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>The service, and the agent that it started.</summary>
    public IEnumerable<(string Name, ProcessUse Use)> Uses()
    {
        yield return ("service", ProcessUse.Read(_service.Id));
        foreach (var child in ProcessUse.ChildrenOf(_service.Id))
        {
            yield return ("agent", ProcessUse.Read(child));
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        // SIGTERM, as a service manager stops it.
        using var kill = Process.Start("kill", ["-TERM", _service.Id.ToString()]);
        await kill.WaitForExitAsync();
        await _service.WaitForExitAsync();
        _service.Dispose();
        Directory.Delete(_home, recursive: true);
    }

    private const string Manifest = """
        model_definition:
          name: following
          framework:
            name: python
            version: "3"
          execution:
            command: python3 train.py
            compute_configuration:
              name: small
        training_data_reference:
          type: file
          source:
            bucket: benchmark-data
        training_results_reference:
          type: file
          target:
            bucket: benchmark-results
        """;

    private static byte[] Archive(string program)
    {
        using var content = new MemoryStream();
        using (var zip = new ZipArchive(content, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry("train.py").Open();
            entry.Write(Encoding.UTF8.GetBytes(program));
        }
        return content.ToArray();
    }

    // Built beside this program, in the same configuration: bin/<configuration>/<framework>.
    private static string Program(string room, string file)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var (framework, configuration) = (output.Name, output.Parent!.Name);
        var root = output.Parent!.Parent!.Parent!.Parent!.Parent!.FullName;
        return Path.Combine(root, room, "bin", configuration, framework, file);
    }
}
