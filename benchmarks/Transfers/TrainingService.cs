using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text.Json;
using Trainyard.Benchmarks.Service;
using Trainyard.Contracts;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.Benchmarks.Transfers;

/// <summary>The real service with its agent, and runs on a store.</summary>
internal sealed class TrainingService : IAsyncDisposable
{
    public const string ResultsBucket = "benchmark-results";
    private readonly RunningService _service;
    private readonly HttpClient _client;
    private readonly SwiftServer _server;

    private TrainingService(RunningService service, SwiftServer server)
    {
        (_service, _server) = (service, server);
        _client = new HttpClient { BaseAddress = service.Address, Timeout = TimeSpan.FromMinutes(30) };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", service.ReadKey());
    }

    public string Home => _service.Home;

    public int ServiceProcess => ProcessIn("service.json");

    public int AgentProcess =>
        int.Parse(File.ReadAllText(Path.Combine(_service.Home, "agent", "agent.pid")), CultureInfo.InvariantCulture);

    /// <param name="server">Where the buckets are.</param>
    /// <param name="settings">Of service and agent, as environment variables.</param>
    public static async Task<TrainingService> StartAsync(
        SwiftServer server,
        params (string Name, string Value)[] settings
    )
    {
        foreach (var (name, value) in settings)
        {
            Environment.SetEnvironmentVariable(name, value);
        }
        var home = Directory.CreateTempSubdirectory("trainyard-benchmark-").FullName;
        using (var swift = await SwiftClient.Login(server))
        {
            await swift.PutContainer(ResultsBucket);
        }
        return new TrainingService(await RunningService.StartAsync(home, withAgent: true), server);
    }

    /// <summary>Runs a command on a bucket's data, to its end.</summary>
    public async Task<FinishedRun> RunAsync(string bucket, string command)
    {
        using var body = new MultipartFormDataContent
        {
            { new StringContent(Manifest(bucket, command)), "manifest", "train.yaml" },
            { new ByteArrayContent(Archive()), "model_definition", "model.zip" },
        };
        using var answer = await _client.PostAsync(new Uri("/v3/models", UriKind.Relative), body);
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException(await answer.Content.ReadAsStringAsync());
        }
        var location = answer.Headers.Location!;
        var log = await _client.GetStringAsync(new Uri($"{location}/logs?follow=true", UriKind.Relative));
        var text = await _client.GetStringAsync(location);
        var run = JsonSerializer.Deserialize<RunResource>(text, WireJson.Options)!;
        return run.Entity.Status.Phase == "COMPLETED"
            ? new FinishedRun(run, log)
            : throw new InvalidOperationException($"The run did not complete: {text}\n{log}");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _service.DisposeAsync();
        Directory.Delete(_service.Home, recursive: true);
    }

    private int ProcessIn(string file)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(_service.Home, file)));
        return json.RootElement.GetProperty("pid").GetInt32();
    }

    private string Manifest(string bucket, string command) =>
        $"""
            model_definition:
              name: transfers
              framework:
                name: python
                version: "3"
              execution:
                command: {JsonSerializer.Serialize(command)}
                compute_configuration:
                  name: small
            training_data_reference:
              type: s3
              connection: {Connection}
              source:
                bucket: {bucket}
            training_results_reference:
              type: s3
              connection: {Connection}
              target:
                bucket: {ResultsBucket}
            """;

    private string Connection =>
        $$"""{endpoint_url: "{{_server.Endpoint}}", access_key_id: "{{_server.Owner.AccessKey}}", secret_access_key: "{{_server.Owner.SecretKey}}"}""";

    private static byte[] Archive()
    {
        using var content = new MemoryStream();
        using (var zip = new ZipArchive(content, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry("train.py").Open();
            entry.Write("print('not used')\n"u8);
        }
        return content.ToArray();
    }
}

/// <summary>A run that completed, and its log.</summary>
internal sealed record FinishedRun(RunResource Run, string Log)
{
    /// <summary>When it was leased.</summary>
    public DateTimeOffset LeasedAt => PhaseAt("DOWNLOADING");

    /// <summary>When the service had all of it in the bucket.</summary>
    public DateTimeOffset CompletedAt => PhaseAt("COMPLETED");

    /// <summary>A moment that the command printed: a line with a word and what <c>date +%s%N</c> says.</summary>
    public DateTimeOffset Moment(string word)
    {
        var line = Log.Split('\n').Last(l => l.StartsWith(word + " ", StringComparison.Ordinal));
        var nanoseconds = long.Parse(line[(word.Length + 1)..], CultureInfo.InvariantCulture);
        return DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
    }

    private DateTimeOffset PhaseAt(string phase) => Run.Entity.Status.History.Last(p => p.Phase == phase).At;
}
