using Microsoft.AspNetCore.Http;
using Trainyard.Cli.Tests.Fakes;
using Trainyard.Contracts;

namespace Trainyard.Cli.Tests;

public sealed class CancelStoreDeleteTests
{
    private const string Path = $"/v3/models/{DocumentedRuns.Id}";

    [Fact]
    public async Task Cancel_sends_the_patch_and_prints_the_sample()
    {
        await using var service = await FakeService.StartAsync();
        service.AnswerNothing($"PATCH {Path}");

        var run = await BxRun.OfAsync(service, "ml", "cancel", "training-runs", DocumentedRuns.Id);

        Assert.Equal(
            """
            Canceling training for MODEL-ID 'training-DOl4q2LkR'...
            OK
            Cancel training successful

            """,
            run.Out
        );
        var request = Assert.Single(service.Received);
        Assert.Equal("""[{"op":"replace","path":"/status/state","value":"canceled"}]""", request.Text);
        Assert.StartsWith("application/json-patch+json", request.Headers["Content-Type"]);
    }

    [Fact]
    public async Task Cancel_as_json_prints_the_run_as_it_stands_then()
    {
        await using var service = await FakeService.StartAsync();
        service.AnswerNothing($"PATCH {Path}").Answer($"GET {Path}", DocumentedRuns.Pending());

        var run = await BxRun.OfAsync(service, "ml", "cancel", "training-runs", DocumentedRuns.Id, "--output", "json");

        Assert.Equal(DocumentedRuns.Id, run.Json.GetProperty("metadata").GetProperty("guid").GetString());
    }

    [Fact]
    public async Task Store_prints_the_stored_models_id()
    {
        await using var service = await FakeService.StartAsync();
        service.Answer($"PUT {Path}/ml_asset", SampleModels.Stored(), 202);

        var run = await BxRun.OfAsync(service, "ml", "store", "training-runs", DocumentedRuns.Id, "--name", "digits");

        Assert.Equal("OK\nModel store successful. Model-ID is '19db0ae7-3a9d-44e7-8e9d-fce3f4f8e0eb'.\n", run.Out);
        Assert.Equal("""{"name":"digits"}""", Assert.Single(service.Received).Text);
    }

    [Fact]
    public async Task Store_waits_for_a_model_that_is_being_copied()
    {
        await using var service = await FakeService.StartAsync();
        var asked = 0;
        service.Answers[$"PUT {Path}/ml_asset"] = context =>
        {
            context.Response.StatusCode = 202;
            var model = ++asked < 3 ? SampleModels.BeingStored() : SampleModels.Stored();
            return context.Response.WriteAsJsonAsync(model, WireJson.Options);
        };

        var run = await BxRun.OfAsync(service, "ml", "store", "training-runs", DocumentedRuns.Id);

        Assert.Equal("The model is being stored; that goes on when this command ends.\n", run.Error);
        Assert.Equal("OK\nModel store successful. Model-ID is '19db0ae7-3a9d-44e7-8e9d-fce3f4f8e0eb'.\n", run.Out);
        Assert.Equal(3, asked);
    }

    [Theory]
    [InlineData("training-runs", "training run")]
    [InlineData("trained-models", "trained model")]
    public async Task Delete_prints_the_sample_of_its_year(string kind, string one)
    {
        await using var service = await FakeService.StartAsync();
        service.AnswerNothing($"DELETE {Path}");

        var run = await BxRun.OfAsync(service, "ml", "delete", kind, DocumentedRuns.Id);

        Assert.Equal($"Deleting the {one} 'training-DOl4q2LkR' ...\nOK\nDelete {kind} successful\n", run.Out);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task Delete_of_a_run_that_still_runs_is_a_conflict()
    {
        await using var service = await FakeService.StartAsync();
        service.Refuse(
            $"DELETE {Path}",
            409,
            "run_not_finished",
            "Conflict",
            "The run has not ended: cancel it first."
        );

        var run = await BxRun.OfAsync(service, "ml", "delete", "training-runs", DocumentedRuns.Id);

        Assert.Equal(7, run.ExitCode);
        Assert.Equal("error: The run has not ended: cancel it first.\n", run.Error);
        Assert.DoesNotContain("OK", run.Out);
    }

    [Fact]
    public async Task A_key_is_printed_once_for_its_owner()
    {
        await using var service = await FakeService.StartAsync();
        service.Answer(
            "POST /v3/keys",
            new Trainyard.Contracts.ApiKeyResource { Owner = "bob", Key = "ty_secret" },
            201
        );

        var run = await BxRun.OfAsync(service, "ml", "keys", "add", "bob");

        Assert.Equal("Making a key for 'bob' ...\nOK\nKey is 'ty_secret'\n", run.Out);
        Assert.Equal("""{"owner":"bob"}""", Assert.Single(service.Received).Text);
    }
}
