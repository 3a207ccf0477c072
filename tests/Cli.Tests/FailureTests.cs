using Trainyard.Cli.Tests.Fakes;
using Trainyard.Tests.Shared;

namespace Trainyard.Cli.Tests;

public sealed class FailureTests
{
    private const string Run = $"GET /v3/models/{DocumentedRuns.Id}";
    private static readonly string[] Show = ["ml", "show", "training-runs", DocumentedRuns.Id];

    [Theory]
    [InlineData(401, 3)]
    [InlineData(403, 3)]
    [InlineData(404, 4)]
    [InlineData(400, 5)]
    [InlineData(413, 5)]
    [InlineData(409, 7)]
    [InlineData(429, 8)]
    [InlineData(500, 8)]
    [InlineData(503, 8)]
    public async Task Every_kind_of_refusal_has_its_exit_code(int status, int exitCode)
    {
        await using var service = await FakeService.StartAsync();
        service.Refuse(Run, status, "some_code", "It cannot be.");

        var run = await BxRun.OfAsync(service, Show);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.StartsWith("error: ", run.Error);
        Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task An_error_page_that_is_no_problem_is_still_a_sentence()
    {
        await using var service = await FakeService.StartAsync();
        service.AnswerNothing(Run, 502);

        var run = await BxRun.OfAsync(service, Show);

        Assert.Equal(
            $"error: The service at {service.Url} failed (HTTP 502): try again, and look at its log.\n",
            run.Error
        );
        Assert.Equal(8, run.ExitCode);
    }

    [Fact]
    public async Task An_answer_of_another_kind_is_not_understood()
    {
        await using var service = await FakeService.StartAsync();
        service.Answer(Run, new { hello = "world" });

        var run = await BxRun.OfAsync(service, Show);

        Assert.Equal(8, run.ExitCode);
        Assert.Contains("check that ML_ENV names a training service", run.Error);
    }

    [Fact]
    public async Task Where_no_service_answers_the_sentence_says_how_to_start_one()
    {
        var url = $"http://127.0.0.1:{FreePort.Find()}";
        var run = await BxRun.WithAsync(new() { ["ML_ENV"] = url, ["TRAINYARD_HOME"] = "/nonexistent" }, Show);

        Assert.Equal(6, run.ExitCode);
        Assert.Equal(
            $"error: No service answers at {url}: start it with 'dotnet run --project functions', or set ML_ENV to the service's address.\n",
            run.Error
        );
    }

    [Fact]
    public async Task As_json_an_error_is_one_document_on_standard_error()
    {
        await using var service = await FakeService.StartAsync();
        service.Refuse(Run, 404, "run_not_found", "No such run.");

        var run = await BxRun.OfAsync(service, [.. Show, "--output", "json"]);

        Assert.Equal("", run.Out);
        Assert.Equal(
            """{"type":"about:blank","title":"No such run.","status":404,"code":"run_not_found"}""" + "\n",
            run.Error
        );
    }
}
