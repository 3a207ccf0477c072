using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;

namespace Trainyard.Benchmarks.Service;

/// <summary>
/// From the moment a client sends a run to the moment its command's first line of code runs, on an idle service that has
/// run before. The command reads the clock itself; submit and command share the machine, so they share the clock.
/// </summary>
internal static class SubmitToStart
{
    private const int WarmUps = 3;

    private const string Manifest = """
        model_definition:
          name: clock
          framework:
            name: python
            version: "3"
          execution:
            command: echo started $(date +%s%N)
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

    public static async Task MeasureAsync(int runs)
    {
        var home = Directory.CreateTempSubdirectory("trainyard-benchmark-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(home, "buckets", "benchmark-data"));
            Directory.CreateDirectory(Path.Combine(home, "buckets", "benchmark-results"));
            await using var service = await RunningService.StartAsync(home, withAgent: true);
            using var client = new HttpClient { BaseAddress = service.Address };
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", service.ReadKey());

            var times = new List<double>();
            for (var run = 0; run < WarmUps + runs; run++)
            {
                var (toStart, toEnd) = await TimeAsync(client);
                if (run == 0)
                {
                    Console.WriteLine($"submit to command started, the first run of a new service: {toStart:0} ms");
                }
                if (run >= WarmUps)
                {
                    times.Add(toStart);
                }
                if (run == WarmUps + runs - 1)
                {
                    Console.WriteLine($"submit to results stored, the last run: {toEnd:0} ms");
                }
            }
            Figures.Print("submit to command started, idle machine", times, "ms");
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private static async Task<(double ToStart, double ToEnd)> TimeAsync(HttpClient client)
    {
        using var body = new MultipartFormDataContent
        {
            { new StringContent(Manifest), "manifest", "train.yaml" },
            { new ByteArrayContent(Archive()), "model_definition", "model.zip" },
        };
        var sent = DateTimeOffset.UtcNow;
        using var answer = await client.PostAsync(new Uri("/v3/models", UriKind.Relative), body);
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException(await answer.Content.ReadAsStringAsync());
        }
        var location = answer.Headers.Location!;
        var log = await client.GetStringAsync(new Uri($"{location}/logs?follow=true", UriKind.Relative));
        var ended = DateTimeOffset.UtcNow;
        var line = log.Split('\n').FirstOrDefault(l => l.StartsWith("started ", StringComparison.Ordinal));
        if (line is null)
        {
            throw new InvalidOperationException($"The command did not run: {await client.GetStringAsync(location)}");
        }
        var nanoseconds = long.Parse(line["started ".Length..], CultureInfo.InvariantCulture);
        var started = DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
        return ((started - sent).TotalMilliseconds, (ended - sent).TotalMilliseconds);
    }

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
