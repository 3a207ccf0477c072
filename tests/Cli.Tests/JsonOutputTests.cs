using Trainyard.Cli.Tests.Fakes;
using Trainyard.Contracts;

namespace Trainyard.Cli.Tests;

public sealed class JsonOutputTests
{
    private const string Path = $"/v3/models/{DocumentedRuns.Id}";

    [Theory]
    [InlineData("ml list training-runs")]
    [InlineData("ml list models")]
    [InlineData("ml list frameworks")]
    [InlineData("ml show training-runs training-DOl4q2LkR")]
    [InlineData("ml cancel training-runs training-DOl4q2LkR")]
    [InlineData("ml store training-runs training-DOl4q2LkR")]
    [InlineData("ml delete training-runs training-DOl4q2LkR")]
    [InlineData("ml keys add bob")]
    [InlineData("ml list secrets")]
    [InlineData("ml secrets add lab user_name=alice")]
    [InlineData("ml delete secrets lab")]
    [InlineData("ml version")]
    public async Task Every_command_prints_one_document_and_nothing_else(string line)
    {
        await using var service = await FakeService.StartAsync();
        service
            .Answer("GET /v3/models", new RunListResource { Resources = [DocumentedRuns.Pending()] })
            .Answer("GET /v3/ml_assets/models", new StoredModelListResource { Resources = [SampleModels.Stored()] })
            .Answer("GET /v3/models/frameworks", new { resources = Array.Empty<object>() })
            .Answer($"GET {Path}", DocumentedRuns.Completed())
            .Answer($"PUT {Path}/ml_asset", SampleModels.Stored(), 202)
            .Answer("POST /v3/keys", new ApiKeyResource { Owner = "bob", Key = "k" }, 201)
            .Answer("GET /v3/secrets", new SecretListResource { Resources = [] })
            .AnswerNothing("PUT /v3/secrets/lab")
            .AnswerNothing("DELETE /v3/secrets/lab")
            .AnswerNothing($"PATCH {Path}")
            .AnswerNothing($"DELETE {Path}");

        var run = await BxRun.OfAsync(service, [.. line.Split(' '), "--output", "json"]);

        Assert.Equal(System.Text.Json.JsonValueKind.Object, run.Json.ValueKind);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
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
}
