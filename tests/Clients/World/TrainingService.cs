using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using Trainyard.Contracts;
using Trainyard.EndToEnd.Harness;

namespace Trainyard.Clients.World;

/// <summary>One service with its agent for all flows, and runs for them to look at.</summary>
public sealed class TrainingService : IAsyncLifetime
{
    // What IBM's emetrics.py writes: types as numbers.
    private const string Metrics = """
        {"meta":{"training_id":"t","time":1500000000000,"rindex":1},"grouplabel":"train","etimes":{"iteration":{"type":2,"value":"10"}},"values":{"loss":{"type":3,"value":"0.75"},"note":{"type":0,"value":"a"}}}
        {"meta":{"training_id":"t","time":1500000000000,"rindex":2},"grouplabel":"train","etimes":{"iteration":{"type":2,"value":"20"}},"values":{"loss":{"type":3,"value":"0.5"}}}
        {"meta":{"training_id":"t","time":1500000000000,"rindex":3},"grouplabel":"test","etimes":{"iteration":{"type":2,"value":"20"}},"values":{"accuracy":{"type":3,"value":"0.875"}}}

        """;

    public const int LogLines = 25;

    public const string Command =
        "for i in $(seq 1 25); do echo \"line $i\"; done; cp metrics.txt \"$LOG_DIR/evaluation-metrics.txt\"; "
        + "mkdir -p \"$RESULT_DIR/model\"; echo weights > \"$RESULT_DIR/model/weights.txt\"";

    private readonly SemaphoreSlim _turn = new(1);
    private string? _ended;

    internal Service Host { get; private set; } = null!;

    internal Gate Gate { get; } = new();

    internal string Key { get; private set; } = "";

    internal byte[] Zip { get; private set; } = [];

    public async Task InitializeAsync()
    {
        using var model = new Model();
        model.Add("metrics.txt", Metrics);
        Zip = model.Zip();
        Host = await Service.Start();
        Host.Bucket("data");
        Host.Bucket("results");
        Key = (await File.ReadAllTextAsync(Path.Combine(Host.Home, "key"))).Trim();
    }

    public async Task DisposeAsync()
    {
        await Host.DisposeAsync();
        Gate.Dispose();
        _turn.Dispose();
    }

    /// <summary>A completed run of <see cref="Command"/>, the same for all who only look.</summary>
    internal async Task<string> EndedAsync()
    {
        await _turn.WaitAsync();
        try
        {
            return _ended ??= await SubmitToEndAsync(Command);
        }
        finally
        {
            _turn.Release();
        }
    }

    internal async Task<string> SubmitToEndAsync(string command)
    {
        var id = await SubmitAsync(command);
        var run = await Host.WaitForEnd(id);
        Assert.Equal("COMPLETED", run.Entity.Status.Phase);
        return id;
    }

    /// <summary>A run that prints a line, waits until it is let go, and prints another.</summary>
    internal async Task<(string Id, Gate.Held Held)> HeldAsync()
    {
        var id = await SubmitAsync($"echo before; python3 gate.py {Gate.Port} here; echo after; {Command}");
        return (id, await Gate.Arrival());
    }

    /// <summary>Submits as FfDL's manifest, without a client of any kind.</summary>
    internal async Task<string> SubmitAsync(string command)
    {
        using var http = Host.Client();
        using var body = new MultipartFormDataContent
        {
            { new StringContent(Manifest(command)), "manifest", "manifest.yml" },
            { new ByteArrayContent(Zip), "model_definition", "model.zip" },
        };
        using var answer = await http.PostAsync(new Uri("v3/models", UriKind.Relative), body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return System
            .Text.Json.JsonDocument.Parse(text)
            .RootElement.GetProperty("metadata")
            .GetProperty("guid")
            .GetString()!;
    }

    /// <summary>FfDL's own manifest; a folder of the service for its buckets.</summary>
    internal static string Manifest(string command) =>
        $"""
            name: mnist
            description: A model of 2018
            version: "1.0"
            cpus: 0.5
            gpus: 0
            memory: 512MiB
            learners: 1
            data_stores:
              - id: store-1
                type: file
                training_data:
                  container: data
                training_results:
                  container: results
                connection: {"{}"}
            framework:
              name: python
              version: "3"
              command: >
                {command}
            """;
}

/// <summary>All flows share one service.</summary>
[CollectionDefinition(Name)]
public sealed class Shared : ICollectionFixture<TrainingService>
{
    public const string Name = "One service";
}
