using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.EndToEnd.Harness;
using Trainyard.Tests.Shared;

namespace Trainyard.EndToEnd;

/// <summary>A run is one trace, from its submit to its stored results, with its attempts on whatever node.</summary>
public sealed class TracesTests : IAsyncLifetime
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private static readonly string[] Steps =
    [
        "ValidateRun",
        "EnqueueRun",
        "PlanStoring",
        "CompleteStoring",
        "FinishRun",
    ];
    private static readonly TimeSpan Arrives = TimeSpan.FromSeconds(20);

    private readonly Model _model = new();
    private TraceReceiver _receiver = null!;

    public async Task InitializeAsync() => _receiver = await TraceReceiver.StartAsync();

    public async Task DisposeAsync()
    {
        await _receiver.DisposeAsync();
        _model.Dispose();
    }

    [Fact]
    public async Task The_agent_s_attempt_and_every_step_of_the_service_are_in_the_submit_s_trace()
    {
        await using var service = await StartAsync();

        var id = await SubmitAsync(service);
        await service.WaitForEnd(id);

        var spans = await SpansAsync();
        Assert.Equal("trainyard-agent", Assert.Single(spans, span => span.Name == RunTrace.Attempt).Service);
        Assert.All(Steps, step => Assert.Contains(spans, span => span.Name == step));
    }

    [Fact]
    public async Task The_attempt_of_an_agent_that_sends_no_spans_is_in_it_too()
    {
        await using var service = await StartAsync(("Pool__StartAgent", "false"));
        var id = await SubmitAsync(service);

        await TrainAsync(service);
        await service.WaitForEnd(id);

        var spans = await SpansAsync();
        Assert.Equal("trainyard", Assert.Single(spans, span => span.Name == RunTrace.Attempt).Service);
        Assert.All(Steps, step => Assert.Contains(spans, span => span.Name == step));
    }

    private async Task<Service> StartAsync(params (string Name, string Value)[] settings)
    {
        var service = await Service.Start([.. _receiver.Settings, .. settings]);
        await File.WriteAllTextAsync(Path.Combine(service.Bucket("data"), "input.txt"), "x\n");
        _ = service.Bucket("results");
        return service;
    }

    private async Task<string> SubmitAsync(Service service)
    {
        using var client = service.Client();
        client.DefaultRequestHeaders.Add("traceparent", $"00-{TraceId}-b7ad6b7169203331-01");
        using var parts = new MultipartFormDataContent
        {
            { new ByteArrayContent(_model.Zip()), "model_definition", "model.zip" },
            { new ByteArrayContent(await File.ReadAllBytesAsync(_model.Manifest("true"))), "manifest", "train.yaml" },
        };
        using var answer = await client.PostAsync(new Uri("v3/models", UriKind.Relative), parts);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<RunResource>(WireJson.Options))!.Metadata.Guid.ToString();
    }

    // As an agent does it that has nothing to fetch, run or stage.
    private static async Task TrainAsync(Service service)
    {
        using var client = new HttpClient { BaseAddress = service.Address };
        var key = await File.ReadAllTextAsync(Path.Combine(service.Home, "agent", "pool.key"));
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Trim());
        var offer = new NodeOffer
        {
            Node = "node",
            Pool = "default",
            Gpus = 0,
            Slots = 1,
            FreeSlots = 1,
            Facts = new NodeCapabilities
            {
                Cpus = 1,
                MemoryBytes = 1_000_000_000,
                Pythons = [new PythonFacts { Program = "python3", Version = "3.12.1" }],
                CpuStandIn = true,
            },
        };
        using var leased = await client.PostAsJsonAsync(
            AgentRoutes.Leases,
            new LeaseRequest { Offer = offer, WaitSeconds = 20 },
            WireJson.Options
        );
        var task = (await leased.Content.ReadFromJsonAsync<NodeTask>(WireJson.Options))!;
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", task.LeaseToken);
        var now = DateTimeOffset.UtcNow;
        var report = new CompletionReport
        {
            Outcome = AttemptOutcome.Succeeded,
            ExitCode = 0,
            LeasedAt = now.AddSeconds(-1),
            FinishedAt = now,
            StagedFiles = 0,
            StagedBytes = 0,
        };
        using var completed = await client.PostAsJsonAsync(
            $"{AgentRoutes.Attempt(task.RunId, task.Attempt)}/{AgentRoutes.Completion}",
            report,
            WireJson.Options
        );
        Assert.Equal(HttpStatusCode.NoContent, completed.StatusCode);
    }

    private async Task<List<ReceivedSpan>> SpansAsync()
    {
        string[] awaited = [RunTrace.Attempt, .. Steps];
        await Eventually.Be(
            "all spans have arrived",
            () => awaited.All(name => Mine().Exists(span => span.Name == name)),
            Arrives,
            () => string.Join('\n', _receiver.Received)
        );
        return Mine();
    }

    private List<ReceivedSpan> Mine() => [.. _receiver.Received.Where(span => span.TraceId == TraceId)];
}
