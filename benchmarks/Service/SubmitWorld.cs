using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;

namespace Trainyard.Benchmarks.Service;

/// <summary>An idle service with its agent, and runs whose commands read the clock themselves: both share the machine's.</summary>
internal sealed class SubmitWorld : IAsyncDisposable
{
    /// <summary>Runs that are not counted.</summary>
    public const int WarmUps = 3;

    private readonly string _home;
    private readonly RunningService _service;
    private readonly HttpClient _client;

    private SubmitWorld(string home, RunningService service)
    {
        _home = home;
        _service = service;
        _client = new HttpClient { BaseAddress = service.Address };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", service.ReadKey());
    }

    public static async Task<SubmitWorld> OpenAsync()
    {
        var home = Directory.CreateTempSubdirectory("trainyard-benchmark-").FullName;
        Directory.CreateDirectory(Path.Combine(home, "buckets", "benchmark-data"));
        Directory.CreateDirectory(Path.Combine(home, "buckets", "benchmark-results"));
        return new SubmitWorld(home, await RunningService.StartAsync(home, withAgent: true));
    }

    /// <summary>Milliseconds from the submit to the command's first line, and to the run's end.</summary>
    public async Task<(double ToStart, double ToEnd)> TimeAsync(string? image)
    {
        using var body = new MultipartFormDataContent
        {
            { new StringContent(Manifest(image)), "manifest", "train.yaml" },
            { new ByteArrayContent(Archive()), "model_definition", "model.zip" },
        };
        var sent = DateTimeOffset.UtcNow;
        using var answer = await _client.PostAsync(new Uri("/v3/models", UriKind.Relative), body);
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException(await answer.Content.ReadAsStringAsync());
        }
        var location = answer.Headers.Location!;
        var log = await _client.GetStringAsync(new Uri($"{location}/logs?follow=true", UriKind.Relative));
        var ended = DateTimeOffset.UtcNow;
        var line = log.Split('\n').FirstOrDefault(l => l.StartsWith("started ", StringComparison.Ordinal));
        if (line is null)
        {
            throw new InvalidOperationException($"The command did not run: {await _client.GetStringAsync(location)}");
        }
        var nanoseconds = long.Parse(line["started ".Length..], CultureInfo.InvariantCulture);
        var started = DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
        return ((started - sent).TotalMilliseconds, (ended - sent).TotalMilliseconds);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _service.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private static string Manifest(string? image) =>
        $"""
            model_definition:
              name: clock
              framework:
                name: {(image is null ? "python" : "custom")}
                {(image is null ? "version: \"3\"" : $"image: {image}")}
              execution:
                command: echo started $(/bin/date +%s%N)
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

    private static byte[] Archive()
    {
        using var content = new MemoryStream();
        using (var zip = new ZipArchive(content, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry("train.py").Open();
            entry.Write(Encoding.UTF8.GetBytes("print('not used')\n"));
        }
        return content.ToArray();
    }
}
