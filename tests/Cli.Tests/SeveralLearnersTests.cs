using System.Text.Json;
using Trainyard.Cli.Tests.Fakes;

namespace Trainyard.Cli.Tests;

/// <summary>The logs of a run's learners, followed as one or each by itself.</summary>
public sealed class SeveralLearnersTests
{
    private const string Run = $"GET /v3/models/{DocumentedRuns.Id}";

    [Fact]
    public async Task All_logs_come_as_one_line_by_line_with_who_printed_it()
    {
        await using var service = await StartAsync(
            EventScript
                .From()
                .Status("PROCESSING", 2)
                .Text("one\nhalf")
                .Text(" a line\n")
                .Status("COMPLETED", 4, "succeeded")
                .End("completed", "COMPLETED"),
            EventScript
                .From()
                .Status("PROCESSING", 2)
                .Text("10%\r20%\r30%\r\ntwo\nno end")
                .Status("COMPLETED", 4, "succeeded")
                .End("completed", "COMPLETED")
        );

        var run = await BxRun.OfAsync(service, "ml", "monitor", "training-runs", DocumentedRuns.Id);

        var lines = run.Out.Split('\n');
        Assert.Equal(["learner-1: one", "learner-1: half a line"], Of(lines, "learner-1"));
        Assert.Equal(["learner-2: 30%", "learner-2: two", "learner-2: no end"], Of(lines, "learner-2"));
        Assert.Equal(["Status: PROCESSING", "Status: COMPLETED"], Of(lines, "Status"));
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task A_stream_that_breaks_goes_on_where_it_was_and_the_other_is_not_asked_again()
    {
        await using var service = await StartAsync(
            EventScript.From().Text("one\n").End("error", "FAILED"),
            EventScript.From().Text("two\nth").Break(),
            EventScript.From(offset: 6).Text("ree\n").End("error", "FAILED")
        );

        var run = await BxRun.OfAsync(service, "ml", "monitor", "training-runs", DocumentedRuns.Id, "logs");

        Assert.Equal(["learner-2: two", "learner-2: three"], Of(run.Out.Split('\n'), "learner-2"));
        Assert.Equal(["learner-1: one"], Of(run.Out.Split('\n'), "learner-1"));
        Assert.NotEqual(0, run.ExitCode);
        var asked = service.Received.Where(request => request.Line.Contains("/logs")).Select(request => request.Line);
        Assert.Single(asked, line => line.Contains("learner=1"));
        Assert.Contains(asked, line => line.Contains("offset=6") && line.Contains("learner=2"));
    }

    [Fact]
    public async Task As_json_each_piece_says_whose_it_is()
    {
        await using var service = await StartAsync(
            EventScript.From().End("completed", "COMPLETED"),
            EventScript.From().Text("two\n").End("completed", "COMPLETED")
        );

        var run = await BxRun.OfAsync(service, "ml", "monitor", "training-runs", DocumentedRuns.Id, "--output", "json");

        var events = run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var log = JsonDocument.Parse(events[0]).RootElement;
        Assert.Equal(
            ("log", 2, "two\n"),
            (
                log.GetProperty("event").GetString(),
                log.GetProperty("learner").GetInt32(),
                log.GetProperty("text").GetString()
            )
        );
        Assert.Equal("end", JsonDocument.Parse(events[^1]).RootElement.GetProperty("event").GetString());
    }

    [Fact]
    public async Task One_learner_s_log_comes_as_it_is()
    {
        await using var service = await StartAsync(
            EventScript.From().Break(),
            EventScript.From().Text("two\r").Text("2\n").End("completed", "COMPLETED")
        );

        string[] asked = ["ml", "monitor", "training-runs", DocumentedRuns.Id, "logs", "--learner", "2"];
        var run = await BxRun.OfAsync(service, asked);

        Assert.Equal((0, "two\r2\n"), (run.ExitCode, run.Out));
    }

    private static IEnumerable<string> Of(string[] lines, string start) =>
        lines.Where(line => line.StartsWith(start, StringComparison.Ordinal));

    // The streams of learner 2 come in the order of its connections.
    private static async Task<FakeService> StartAsync(EventScript first, params EventScript[] second)
    {
        var service = await FakeService.StartAsync();
        var completed = DocumentedRuns.Completed();
        var status = completed.Entity.Status with { Learners = 2 };
        service.Answer(Run, completed with { Entity = completed.Entity with { Status = status } });
        var opened = 0;
        service.Answers[$"{Run}/logs"] = context =>
            context.Request.Query["learner"] == "2"
                ? second[Interlocked.Increment(ref opened) - 1].SendAsync(context)
                : first.SendAsync(context);
        return service;
    }
}
