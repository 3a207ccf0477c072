using System.Text.Json;
using Trainyard.Clients.Wml;
using Trainyard.Clients.World;

namespace Trainyard.Clients.Cacli;

/// <summary>The command line of cloud-annotations: what it does besides what the Python client does too.</summary>
[Collection(Shared.Name)]
public sealed class CacliFlowTests(TrainingService world) : IAsyncLifetime
{
    private const string Start = "./start.sh 500";

    private WmlClient _client = null!;

    public async Task InitializeAsync() =>
        _client = await WmlClient.ConstructAsync(world.Host.Address, "anyone", world.Key);

    public Task DisposeAsync()
    {
        _client.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Train_and_progress()
    {
        var definition = await _client.CallAsync(
            HttpMethod.Post,
            "v3/ml_assets/training_definitions",
            201,
            new
            {
                name = "cloud-annotations-definition",
                framework = new { name = "python", version = "3" },
                command = Start,
            }
        );
        var version = definition.At("entity", "training_definition_version");
        await _client.PutZipAsync(version.Text("content_url"), world.Zip, "application/octet-stream", isChunked: true);
        var body = new
        {
            model_definition = new
            {
                name = "cloud-annotations-model",
                definition_href = definition.Text("metadata", "url"),
                framework = new { name = "python", version = "3" },
                execution = new { command = Start, compute_configuration = new { name = "small" } },
            },
            training_data_reference = Store("source", "data"),
            training_results_reference = Store("target", "results"),
        };

        var id = (await _client.CallAsync(HttpMethod.Post, "v3/models", 202, body)).Text("metadata", "guid");

        // It counts steps up to the number at the end of the command.
        var run = await _client.GetAsync($"v3/models/{id}");
        Assert.Equal(Start, run.Text("entity", "model_definition", "execution", "command"));
    }

    [Fact]
    public async Task List_and_logs()
    {
        var list = await _client.GetAsync("v3/models");
        Assert.All(list.Items("resources"), run => Assert.NotEmpty(run.Text("entity", "status", "state")));
        using var frames = await _client.DialAsync($"v3/models/{await world.EndedAsync()}/monitor");
        var messages = (await frames.RestAsync())
            .ConvertAll(frame => JsonDocument.Parse(frame).RootElement.At("status"))
            .FindAll(status => status.TryGetProperty("message", out _));
        Assert.Contains(messages, status => status.Text("message").Contains("line 7\n"));
    }

    [Fact]
    public async Task Cancel()
    {
        var (id, held) = await world.HeldAsync();

        // One operation, without the list around it; the answer is not looked at.
        var operation = new
        {
            op = "replace",
            path = "/status/state",
            value = "canceled",
        };
        await _client.CallAsync(HttpMethod.Patch, $"v3/models/{id}", 204, operation);

        Assert.Equal("HALTED", (await world.Host.WaitForEnd(id)).Entity.Status.Phase);
        held.Dispose();
    }

    // `type` stood beside the bucket at first.
    private static Dictionary<string, object> Store(string side, string bucket) =>
        new()
        {
            ["type"] = "file",
            ["connection"] = new { },
            [side] = new { bucket },
        };
}
