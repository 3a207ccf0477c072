using Trainyard.Cli.Tests.Fakes;
using Trainyard.Contracts;

namespace Trainyard.Cli.Tests;

public sealed class ListTests
{
    private const string List = "GET /v3/models";

    [Fact]
    public async Task Training_runs_are_listed_as_in_the_2018_sample()
    {
        await using var service = await FakeService.StartAsync();
        service.Answer(List, new RunListResource { Resources = [DocumentedRuns.Pending()] });

        var run = await BxRun.OfAsync(service, "ml", "list", "training-runs");

        Assert.Equal(
            """
            Fetching the list of training runs ...
            SI No   Name                       guid                 status    submitted-at
            1       tf-mnist                   training-DOl4q2LkR   pending   2017-10-26T11:16:51Z

            1 records found.
            OK
            List all training-runs successful

            """,
            run.Out
        );
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task Runs_that_say_how_far_they_are_have_a_column_more()
    {
        await using var service = await FakeService.StartAsync();
        var run = DocumentedRuns.Pending();
        var told = new ProgressResource
        {
            Step = 3,
            Steps = 12,
            Percent = 25,
            UpdatedAt = DocumentedRuns.Submitted,
        };
        var status = run.Entity.Status with { Progress = told };
        var list = new RunListResource
        {
            Resources = [run with { Entity = run.Entity with { Status = status } }, DocumentedRuns.Completed()],
        };
        service.Answer(List, list);

        var shown = await BxRun.OfAsync(service, "ml", "list", "training-runs");

        var lines = shown.Out.Split('\n');
        Assert.EndsWith(
            "submitted-at           progress",
            Assert.Single(lines, line => line.Contains("guid")).TrimEnd()
        );
        Assert.EndsWith("25%, step 3 of 12", Assert.Single(lines, line => line.StartsWith("1 ")).TrimEnd());
        Assert.EndsWith("Z", Assert.Single(lines, line => line.StartsWith("2  ")).TrimEnd());
    }

    [Theory]
    [InlineData("turn", null, false, false, "3 ahead, start unknown")]
    [InlineData("turn", null, true, false, "3 ahead, starts about 2026-11-27T15:00:00Z")]
    [InlineData("reserved", null, true, true, "a node is kept, 3 ahead, starts by 2026-11-27T15:00:00Z")]
    [InlineData("owner_gpus", 4, false, false, "limit of 4 GPUs of yours, 3 ahead, start unknown")]
    [InlineData("pool_runs", 2, false, false, "limit of 2 runs of the pool, 3 ahead, start unknown")]
    [InlineData("no_node_fits", null, false, false, "no node fits, 3 ahead, start unknown")]
    public async Task Runs_that_wait_have_a_column_more(
        string hold,
        int? limit,
        bool isKnown,
        bool sure,
        string waiting
    )
    {
        await using var service = await FakeService.StartAsync();
        var run = DocumentedRuns.Pending();
        var queue = new QueueResource
        {
            Ahead = 3,
            NeededGpus = 1,
            FreeSlots = 0,
            Hold = hold,
            Limit = limit,
            StartsAt = isKnown ? new DateTimeOffset(2026, 11, 27, 15, 0, 0, TimeSpan.Zero) : null,
            StartIsPromised = isKnown ? sure : null,
        };
        var status = run.Entity.Status with { Queue = queue };
        var list = new RunListResource
        {
            Resources = [run with { Entity = run.Entity with { Status = status } }, DocumentedRuns.Completed()],
        };
        service.Answer(List, list);

        var shown = await BxRun.OfAsync(service, "ml", "list", "training-runs");

        var lines = shown.Out.Split('\n');
        Assert.EndsWith("waiting", Assert.Single(lines, line => line.Contains("guid")).TrimEnd());
        Assert.EndsWith("Z   " + waiting, Assert.Single(lines, line => line.StartsWith("1 ")).TrimEnd());
        Assert.EndsWith("Z", Assert.Single(lines, line => line.StartsWith("2  ")).TrimEnd());
    }

    [Fact]
    public async Task Trained_models_are_listed_as_in_the_2017_sample()
    {
        await using var service = await FakeService.StartAsync();
        service.Answer(List, new RunListResource { Resources = [DocumentedRuns.Pending()] });

        var run = await BxRun.OfAsync(service, "ml", "list", "trained-models");

        Assert.Equal(
            """
            Fetching the list of trained models ...
            SI No   Name                       guid                 status    submitted-at
            1       tf-mnist                   training-DOl4q2LkR   pending   2017-10-26T11:16:51Z

            1 records found.
            OK
            List all trained-models successful

            """,
            run.Out
        );
    }

    [Fact]
    public async Task Columns_grow_with_what_they_hold_and_pages_become_one_list()
    {
        await using var service = await FakeService.StartAsync();
        var long_name = DocumentedRuns.Completed("training-aQk7F5Ukg", "handwriting-recognition-wide-3");
        service.Answer(
            $"{List}?limit=200",
            new RunListResource { Resources = [long_name], Next = "/v3/models?limit=200&continuation=abc" }
        );
        service.Answer(
            $"{List}?limit=200&continuation=abc",
            new RunListResource { Resources = [DocumentedRuns.Failed(name: "数字")] }
        );

        var run = await BxRun.OfAsync(service, "ml", "list", "training-runs");

        Assert.Equal(
            """
            Fetching the list of training runs ...
            SI No   Name                             guid                 status      submitted-at
            1       handwriting-recognition-wide-3   training-aQk7F5Ukg   completed   2017-10-26T11:16:51Z
            2       数字                             training-DOl4q2LkR   error       2017-10-26T11:16:51Z

            2 records found.
            OK
            List all training-runs successful

            """,
            run.Out
        );
    }

    [Fact]
    public async Task An_empty_list_is_a_heading_and_no_records()
    {
        await using var service = await FakeService.StartAsync();
        service.Answer(List, new RunListResource { Resources = [] });

        var run = await BxRun.OfAsync(service, "ml", "list", "training-runs");

        Assert.Equal(
            """
            Fetching the list of training runs ...
            SI No   Name                       guid   status   submitted-at

            0 records found.
            OK
            List all training-runs successful

            """,
            run.Out
        );
    }

    [Fact]
    public async Task Stored_models_are_listed_with_their_type()
    {
        await using var service = await FakeService.StartAsync();
        service.Answer("GET /v3/ml_assets/models", new StoredModelListResource { Resources = [SampleModels.Stored()] });

        var run = await BxRun.OfAsync(service, "ml", "list", "models");

        Assert.Equal(
            """
            Fetching the list of models ...
            SI No   Model Id                               Model Type       Model Name
            1       19db0ae7-3a9d-44e7-8e9d-fce3f4f8e0eb   tensorflow-1.2   training-DOl4q2LkR model saved from CLI

            1 records found.
            OK
            List all models successful

            """,
            run.Out
        );
    }

    [Fact]
    public async Task Frameworks_are_listed_with_their_versions()
    {
        await using var service = await FakeService.StartAsync();
        var frameworks = new
        {
            resources = new[]
            {
                new
                {
                    name = "tensorflow",
                    version = "1.2",
                    more = "ignored",
                },
                new
                {
                    name = "pytorch",
                    version = "0.3",
                    more = "",
                },
            },
        };
        service.Answer("GET /v3/models/frameworks", frameworks);

        var run = await BxRun.OfAsync(service, "ml", "list", "frameworks");

        Assert.Equal(
            """
            Fetching the list of frameworks ...
            SI No   Name         Version
            1       tensorflow   1.2
            2       pytorch      0.3
            OK
            List frameworks successful

            """,
            run.Out
        );
    }
}
