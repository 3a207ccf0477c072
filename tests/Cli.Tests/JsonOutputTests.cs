using System.Text.Json;
using Trainyard.Cli.Tests.Fakes;
using Trainyard.Contracts;
using Trainyard.Contracts.Nodes;
using Trainyard.Tests.Shared;

namespace Trainyard.Cli.Tests;

public sealed class JsonOutputTests : IDisposable
{
    private const string Path = $"/v3/models/{DocumentedRuns.Id}";
    private readonly TemporaryFolder _files = new();

    public JsonOutputTests()
    {
        _files.Write("model/train.py", "x");
        _files.Write("m.yaml", "name: x\n");
        _files.Write("broken.yaml", "a: [");
        File.CreateSymbolicLink(_files.File("model/gone"), "nowhere");
    }

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("ml list training-runs")]
    [InlineData("ml list models")]
    [InlineData("ml list frameworks")]
    [InlineData("ml list nodes")]
    [InlineData("ml show training-runs training-DOl4q2LkR")]
    [InlineData("ml show nodes n1")]
    [InlineData("ml cancel training-runs training-DOl4q2LkR")]
    [InlineData("ml store training-runs training-DOl4q2LkR")]
    [InlineData("ml store results training-DOl4q2LkR")]
    [InlineData("ml store results training-DOl4q2LkR --secret lab")]
    [InlineData("ml delete training-runs training-DOl4q2LkR")]
    [InlineData("ml keys add bob")]
    [InlineData("ml keys add bob --expires-in 90d")]
    [InlineData("ml list keys")]
    [InlineData("ml delete keys 0123456789abcdef")]
    [InlineData("ml list secrets")]
    [InlineData("ml secrets add lab user_name=alice")]
    [InlineData("ml delete secrets lab")]
    [InlineData("ml generate-manifest training-runs")]
    [InlineData("ml version")]
    [InlineData("ml help")]
    [InlineData("ml help train")]
    [InlineData("ml list --help")]
    [InlineData("ml --help")]
    public async Task Every_command_prints_one_document_and_nothing_else(string line)
    {
        await using var service = await StartAsync();

        var run = await RunAsync(service, line);

        Assert.Equal(JsonValueKind.Object, run.Json.ValueKind);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }

    [Theory]
    [InlineData("ml train model m.yaml", 0, 1)]
    [InlineData("ml train model m.yaml --monitor", 0, 0)]
    [InlineData("ml monitor training-runs training-DOl4q2LkR", 0, 0)]
    [InlineData("ml monitor training-runs training-DOl4q2LkR logs", 0, 0)]
    [InlineData("ml monitor training-runs training-DOl4q2LkR metrics", 0, 0)]
    [InlineData("ml validate broken.yaml", 5, 1)]
    [InlineData("ml validate missing.yaml", 5, 0)]
    [InlineData("ml train missing m.yaml", 5, 0)]
    [InlineData("ml show training-runs training-000000000", 4, 0)]
    [InlineData("ml show nodes n2", 4, 0)]
    [InlineData("ml list everything", 2, 0)]
    [InlineData("ml lst", 2, 0)]
    [InlineData("ml", 2, 0)]
    [InlineData("ml keys", 2, 0)]
    [InlineData("ml delete keys ty_notAnId", 2, 0)]
    [InlineData("ml keys add bob --expires-in", 2, 0)]
    [InlineData("--version", 2, 0)]
    [InlineData("ml store results training-DOl4q2LkR --secret NO", 2, 0)]
    [InlineData("ml store results training-DOl4q2LkR password=x", 2, 0)]
    [InlineData("ml help lst", 2, 0)]
    public async Task Every_line_of_both_streams_is_json_whatever_happens(string line, int code, int documents)
    {
        await using var service = await StartAsync();

        var run = await RunAsync(service, line);

        Assert.Equal(code, run.ExitCode);
        if (documents == 1)
        {
            Assert.Equal(JsonValueKind.Object, run.Json.ValueKind);
        }
        else
        {
            AssertObjects(run.Out);
        }
        AssertObjects(run.Error);
        Assert.NotEqual("", run.Out + run.Error);
    }

    [Fact]
    public async Task A_run_that_is_started_and_followed_begins_with_the_run()
    {
        await using var service = await StartAsync();

        var run = await RunAsync(service, "ml train model m.yaml --monitor");

        var events = run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse).ToList();
        Assert.Equal(
            ["submitted", "status", "log", "metric", "end"],
            events.Select(e => e.GetProperty("event").GetString())
        );
        Assert.Equal(
            DocumentedRuns.Id,
            events[0].GetProperty("run").GetProperty("metadata").GetProperty("guid").GetString()
        );
    }

    [Fact]
    public async Task A_connection_that_breaks_is_told_in_an_object_too()
    {
        await using var service = await StartAsync();
        service.Streams.Insert(0, EventScript.From().Log("x\n").Break());

        var run = await RunAsync(service, $"ml monitor training-runs {DocumentedRuns.Id}");

        Assert.Equal(
            """{"note":"The connection to the service broke; waiting for it to come back ..."}""" + "\n",
            run.Error
        );
    }

    [Fact]
    public async Task All_pages_are_one_list_with_what_this_version_does_not_know()
    {
        await using var service = await FakeService.StartAsync();
        service.Answer(
            "GET /v3/models?limit=200",
            new RunListResource
            {
                Resources = [DocumentedRuns.Completed()],
                Next = "/v3/models?limit=200&continuation=x",
            }
        );
        service.Answer(
            "GET /v3/models?limit=200&continuation=x",
            new RunListResource { Resources = [DocumentedRuns.Failed("training-aQk7F5Ukg")] }
        );

        var run = await BxRun.OfAsync(service, "ml", "list", "training-runs", "-o", "json");

        var runs = run.Json.GetProperty("resources");
        Assert.Equal(2, runs.GetArrayLength());
        var status = runs[1].GetProperty("entity").GetProperty("status");
        Assert.Equal("command_failed", status.GetProperty("reason").GetProperty("code").GetString());
    }

    private static void AssertObjects(string lines) =>
        Assert.All(
            lines.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.Equal(JsonValueKind.Object, Parse(line).ValueKind)
        );

    private static JsonElement Parse(string json) => JsonSerializer.Deserialize<JsonElement>(json);

    private Task<BxRun> RunAsync(FakeService service, string line)
    {
        var variables = BxRun.Variables(service);
        variables["PWD"] = _files.Path;
        return BxRun.WithAsync(variables, [.. line.Split(' '), "--output", "json"]);
    }

    private static async Task<FakeService> StartAsync()
    {
        var service = await FakeService.StartAsync();
        var node = new NodeResource
        {
            Name = "n1",
            Pool = "default",
            Gpus = 0,
            Slots = 1,
            FreeSlots = 1,
            State = "ready",
            SeenAt = DocumentedRuns.Submitted,
            Failures = 0,
        };
        service
            .Answer("GET /v3/models", new RunListResource { Resources = [] })
            .Answer("GET /v3/ml_assets/models", new StoredModelListResource { Resources = [] })
            .Answer("GET /v3/models/frameworks", new { resources = Array.Empty<object>() })
            .Answer("GET /v3/nodes", new NodeListResource { Resources = [node] })
            .Answer("POST /v3/models", DocumentedRuns.Pending(), 202)
            .Answer($"GET {Path}", DocumentedRuns.Completed())
            .Answer($"PUT {Path}/ml_asset", SampleModels.Stored(), 202)
            .Answer($"PUT {Path}/results", DocumentedRuns.Pending(), 202)
            .Answer("POST /v3/keys", new ApiKeyResource { Owner = "bob", Key = "k" }, 201)
            .Answer("GET /v3/keys", new KeyListResource { Resources = [] })
            .AnswerNothing("DELETE /v3/keys/0123456789abcdef")
            .Answer("GET /v3/secrets", new SecretListResource { Resources = [] })
            .Refuse("GET /v3/models/training-000000000", 404, "run_not_found", "No such run.")
            .AnswerNothing("PUT /v3/secrets/lab")
            .AnswerNothing("DELETE /v3/secrets/lab")
            .AnswerNothing($"PATCH {Path}")
            .AnswerNothing($"DELETE {Path}");
        service.Streams.Add(
            EventScript
                .From()
                .Status("PROCESSING", 1)
                .Log("a\nb\n")
                .Metric("""{"values":{"loss":NaN}}""")
                .End("completed", "COMPLETED")
        );
        return service;
    }
}
