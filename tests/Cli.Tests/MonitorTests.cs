using System.Text.Json;
using Trainyard.Cli.Tests.Fakes;
using Trainyard.Contracts;
using Trainyard.Tests.Shared;

namespace Trainyard.Cli.Tests;

public sealed class MonitorTests
{
    private const string Run = $"GET /v3/models/{DocumentedRuns.Id}";

    [Fact]
    public async Task Phases_and_log_lines_come_as_they_happen()
    {
        await using var service = await FakeService.StartAsync();
        service.Answer(Run, DocumentedRuns.Completed());
        service.Streams.Add(
            EventScript
                .From()
                .Status("QUEUED", 0, "queued: 1 ahead, needs 1 GPUs, 0 free")
                .Status("QUEUED", 0, "queued: 0 ahead, needs 1 GPUs, 0 free")
                .Status("PROCESSING", 2)
                .Log("Training with training/test data at:\n  DATA_DIR: /job/dl-data\n")
                .KeepAlive()
                .Log("\nTRAINING_JOB:\n\n")
                .Status("STORING", 3)
                .Status("COMPLETED", 4, "succeeded")
                .End("completed", "COMPLETED")
        );

        var run = await BxRun.OfAsync(service, "ml", "monitor", "training-runs", DocumentedRuns.Id);

        Assert.Equal(
            """
            Starting to fetch status messages for model-id 'training-DOl4q2LkR'
            Status: QUEUED
              queued: 1 ahead, needs 1 GPUs, 0 free
              queued: 0 ahead, needs 1 GPUs, 0 free
            Status: PROCESSING
            Training with training/test data at:
              DATA_DIR: /job/dl-data

            TRAINING_JOB:

            Status: STORING
            Status: COMPLETED
            Results: mnist-training-models/training-DOl4q2LkR (s3), 4 files, 1.2 MB

            """,
            run.Out
        );
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task The_wanted_lines_are_asked_for_and_after_a_break_no_line_comes_twice()
    {
        await using var service = await FakeService.StartAsync();
        service.Answer(Run, DocumentedRuns.Completed());
        service.Streams.Add(EventScript.From(offset: 100).Log("loss 1\n"));
        service.Streams.Add(EventScript.From(offset: 107).Log("loss 2\n").End("completed", "COMPLETED"));
        string[] monitor = ["ml", "monitor", "training-runs", DocumentedRuns.Id, "logs"];

        var run = await BxRun.OfAsync(service, [.. monitor, "--tail", "5", "--grep", "loss &"]);

        Assert.Equal("loss 1\nloss 2\n", run.Out);
        var asked = service.Received.Where(request => request.Line.Contains("/logs?")).ToList();
        Assert.EndsWith("/logs?follow=true&tail=5&grep=loss%20%26&text=json", asked[0].Line);
        Assert.DoesNotContain("Last-Event-ID", asked[0].Headers.Keys);
        Assert.EndsWith("/logs?follow=true&offset=107&grep=loss%20%26&text=json", asked[1].Line);
    }

    [Theory]
    [InlineData("--tail", "-1")]
    [InlineData("--tail", "100001")]
    [InlineData("--tail", "many")]
    [InlineData("--grep", "")]
    public async Task Lines_that_cannot_be_asked_for_are_a_wrong_command_line(string option, string value)
    {
        await using var service = await FakeService.StartAsync();

        var run = await BxRun.OfAsync(service, "ml", "monitor", "training-runs", DocumentedRuns.Id, option, value);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(option, run.Error);
        Assert.Empty(service.Received);
    }

    [Fact]
    public async Task A_run_that_fails_ends_with_its_reason_and_exit_code_1()
    {
        await using var service = await FakeService.StartAsync();
        service.Answer(Run, DocumentedRuns.Failed());
        service.Streams.Add(
            EventScript.From().Log("no!\n").Status("FAILED", 9, "command_failed: exit 3").End("error", "FAILED")
        );

        var run = await BxRun.OfAsync(service, "ml", "monitor", "trained-models", DocumentedRuns.Id);

        Assert.Contains("no!\nStatus: FAILED\n  command_failed: exit 3\nResults: ", run.Out);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task A_service_that_restarts_costs_one_note_and_no_line()
    {
        await using var service = await FakeService.StartAsync();
        service.Answer(Run, DocumentedRuns.Completed());
        service.Streams.Add(EventScript.From().Status("QUEUED", 0).Status("PROCESSING", 2).Log("one\ntwo\n").Break());
        service.Streams.Add(EventScript.Unavailable());
        service.Streams.Add(EventScript.Unavailable());
        service.Streams.Add(
            EventScript
                .From(offset: 8)
                .Status("QUEUED", 0)
                .Status("PROCESSING", 2)
                .Log("three\n")
                .Status("COMPLETED", 4)
                .End("completed", "COMPLETED")
        );

        var run = await BxRun.OfAsync(service, "ml", "monitor", "training-runs", DocumentedRuns.Id);

        Assert.Equal(
            """
            Starting to fetch status messages for model-id 'training-DOl4q2LkR'
            Status: QUEUED
            Status: PROCESSING
            one
            two
            three
            Status: COMPLETED
            Results: mnist-training-models/training-DOl4q2LkR (s3), 4 files, 1.2 MB

            """,
            run.Out
        );
        Assert.Equal("The connection to the service broke; waiting for it to come back ...\n", run.Error);
        Assert.Equal(0, run.ExitCode);
        var streams = service.Received.Where(r => r.Line.Contains("/logs")).ToList();
        Assert.EndsWith("/logs?follow=true&offset=0&text=json", streams[0].Line);
        Assert.All(streams.Skip(1), r => Assert.EndsWith("/logs?follow=true&offset=8&text=json", r.Line));
        Assert.Equal("8", streams[^1].Headers["Last-Event-ID"]);
    }

    [Fact]
    public async Task Phases_that_passed_while_the_service_was_away_are_told()
    {
        await using var service = await FakeService.StartAsync();
        var run = DocumentedRuns.Completed();
        var history = new[] { "QUEUED", "PROCESSING", "STORING", "COMPLETED" };
        var status = run.Entity.Status with
        {
            History = [.. history.Select((p, i) => new PhaseResource(p, DocumentedRuns.Submitted.AddSeconds(i), null))],
        };
        service.Answer(Run, run with { Entity = run.Entity with { Status = status } });
        service.Streams.Add(EventScript.From().Status("PROCESSING", 1).Log("one\n").Break());
        service.Streams.Add(
            EventScript.From(offset: 4).Status("COMPLETED", 3).Log("two\n").End("completed", "COMPLETED")
        );

        var bx = await BxRun.OfAsync(service, "ml", "monitor", "training-runs", DocumentedRuns.Id);

        Assert.Contains("Status: PROCESSING\none\nStatus: STORING\nStatus: COMPLETED\ntwo\nResults: ", bx.Out);
    }

    [Fact]
    public async Task A_stream_that_just_stops_is_taken_up_again()
    {
        await using var service = await FakeService.StartAsync();
        service.Answer(Run, DocumentedRuns.Completed());
        service.Streams.Add(EventScript.From().Log("one\n"));
        service.Streams.Add(EventScript.From(offset: 4).Log("two\n").End("completed", "COMPLETED"));

        var run = await BxRun.OfAsync(service, "ml", "monitor", "training-runs", DocumentedRuns.Id, "logs");

        Assert.Equal("one\ntwo\n", run.Out);
    }

    [Fact]
    public async Task Logs_alone_are_the_log_and_nothing_else()
    {
        await using var service = await FakeService.StartAsync();
        service.Answer(Run, DocumentedRuns.Completed());
        service.Streams.Add(
            EventScript
                .From()
                .Status("PROCESSING", 2)
                .Log("only\n\nthis\n")
                .Status("COMPLETED", 4)
                .End("completed", "COMPLETED")
        );

        var run = await BxRun.OfAsync(service, "ml", "monitor", "training-runs", DocumentedRuns.Id, "logs");

        Assert.Equal("only\n\nthis\n", run.Out);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task Metrics_are_one_line_a_record()
    {
        await using var service = await FakeService.StartAsync();
        service.Answer(Run, DocumentedRuns.Completed());
        service.Streams.Add(
            EventScript
                .From()
                .Metric(
                    """{"meta":{"training_id":"training-DOl4q2LkR","time":1509016611000,"rindex":1},"grouplabel":"test","etimes":{"iteration":{"type":2,"value":100}},"values":{"accuracy":{"type":"FLOAT","value":"0.93"},"loss":0.2}}"""
                )
                .Metric("not json")
                .End("completed", "COMPLETED")
        );

        var run = await BxRun.OfAsync(service, "ml", "monitor", "training-runs", DocumentedRuns.Id, "metrics");

        Assert.Equal("2017-10-26T11:16:51Z   test   iteration=100   accuracy=0.93   loss=0.2\nnot json\n", run.Out);
        Assert.Contains(service.Received, r => r.Line.EndsWith("/metrics?follow=true&offset=0&text=json"));
    }

    [Theory]
    [InlineData("""{"values":{"loss":NaN}}""", null)]
    [InlineData("""{"values":{"loss":Infinity}}""", null)]
    [InlineData("", null)]
    [InlineData("oops", null)]
    [InlineData("""{"half":""", null)]
    [InlineData("""{"values":{"loss":"\ud800"}}""", null)]
    [InlineData("""{"meta":{"time":1720000000000000000},"values":{"loss":1}}""", null)]
    [InlineData("""{"meta":{"time":-99999999999999999},"values":{"loss":1}}""", null)]
    [InlineData("""{"meta":{"time":1e400},"values":{"loss":1}}""", null)]
    [InlineData("""{"meta":{"time":1.5},"values":{"loss":1}}""", null)]
    [InlineData("""{"meta":{"time":"yesterday"},"values":{"loss":1}}""", null)]
    [InlineData("""{"meta":[],"values":{"loss":1}}""", null)]
    [InlineData("""{"meta":{}}""", null)]
    [InlineData("""{"values":[1]}""", null)]
    [InlineData("""{"values":1}""", null)]
    [InlineData("""{"grouplabel":7,"values":{"loss":1}}""", null)]
    [InlineData("""{"loss":0.5}""", null)]
    [InlineData("""{"values":{"loss":1},"note":"kept"}""", null)]
    [InlineData("""[1,2]""", null)]
    [InlineData("""7""", null)]
    [InlineData("""{"meta":{"time":"1512345678000"},"values":{"loss":1}}""", "2017-12-04T00:01:18Z   loss=1")]
    [InlineData("""{"values":{"loss":1e999}}""", "loss=1e999")]
    public async Task Every_record_is_shown_one_that_is_no_proper_record_as_it_is(string record, string? shown)
    {
        await using var service = await FakeService.StartAsync();
        service.Answer(Run, DocumentedRuns.Completed());
        foreach (var _ in Enumerable.Range(0, 2))
        {
            service.Streams.Add(
                EventScript.From().Metric(record).Metric("""{"values":{"a":1}}""").End("completed", "COMPLETED")
            );
        }
        string[] metrics = ["ml", "monitor", "training-runs", DocumentedRuns.Id, "metrics"];

        var text = await BxRun.OfAsync(service, metrics);
        var json = await BxRun.OfAsync(service, [.. metrics, "-o", "json"]);

        Assert.Equal($"{shown ?? record}\na=1\n", text.Out);
        var events = json.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["metric", "metric", "end"], events.Select(e => Parse(e).GetProperty("event").GetString()));
        var metric = Parse(events[0]).GetProperty("metric");
        Assert.Equal(record, metric.ValueKind is JsonValueKind.String ? metric.GetString() : metric.GetRawText());
        Assert.Equal((0, "", 0, ""), (text.ExitCode, text.Error, json.ExitCode, json.Error));
    }

    [Fact]
    public async Task A_progress_bar_is_shown_as_it_comes_with_its_carriage_returns()
    {
        await using var service = await FakeService.StartAsync();
        service.Answer(Run, DocumentedRuns.Completed());
        foreach (var _ in Enumerable.Range(0, 3))
        {
            service.Streams.Add(
                EventScript
                    .From()
                    .Text(" 10%")
                    .Text("\r 20%")
                    .Text("\rdone\r\n")
                    .Text("Name? ")
                    .Status("COMPLETED", 4)
                    .End("completed", "COMPLETED")
            );
        }
        string[] monitor = ["ml", "monitor", "training-runs", DocumentedRuns.Id];

        var logs = await BxRun.OfAsync(service, [.. monitor, "logs"]);
        var everything = await BxRun.OfAsync(service, monitor);
        var json = await BxRun.OfAsync(service, [.. monitor, "-o", "json"]);

        Assert.Equal(" 10%\r 20%\rdone\r\nName? ", logs.Out);
        Assert.Contains(" 10%\r 20%\rdone\r\nName? \nStatus: COMPLETED\n", everything.Out);
        Assert.Equal(
            [" 10%", "\r 20%", "\rdone\r\n", "Name? "],
            json.Out.Split('\n')[..4].Select(e => Parse(e).GetProperty("text").GetString())
        );
    }

    [Fact]
    public async Task How_far_a_run_is_is_told_at_each_tenth()
    {
        await using var service = await FakeService.StartAsync();
        service.Answer(Run, DocumentedRuns.Completed());
        foreach (var _ in Enumerable.Range(0, 2))
        {
            service.Streams.Add(
                EventScript
                    .From()
                    .Text("training")
                    .Raw(Told("""{"step":1,"steps":50,"percent":2,"updated_at":"2026-11-27T10:00:00Z"}"""))
                    .Raw(Told("""{"step":2,"steps":50,"percent":4,"updated_at":"2026-11-27T10:00:05Z"}"""))
                    .Raw(
                        Told(
                            """{"step":6,"steps":50,"percent":12,"seconds_left":7325,"updated_at":"2026-11-27T10:00:09Z"}"""
                        )
                    )
                    .Raw(Told("""{"percent":100,"seconds_left":0,"updated_at":"2026-11-27T10:00:09Z"}"""))
                    .Status("COMPLETED", 4)
                    .End("completed", "COMPLETED")
            );
        }
        string[] monitor = ["ml", "monitor", "training-runs", DocumentedRuns.Id];

        var text = await BxRun.OfAsync(service, monitor);
        var json = await BxRun.OfAsync(service, [.. monitor, "-o", "json"]);

        Assert.Contains(
            """
            training
            Progress: 2%, step 1 of 50
            Progress: 12%, step 6 of 50, 2:02:05 h left
            Progress: 100%
            Status: COMPLETED
            """,
            text.Out
        );
        Assert.Contains(
            """{"event":"progress","progress":{"step":2,"steps":50,"percent":4,"updated_at":"2026-11-27T10:00:05Z"}}""",
            json.Out
        );
    }

    private static string Told(string progress) => $"event: progress\ndata: {progress}\n\n";

    [Fact]
    public async Task An_unfinished_line_is_printed_before_it_is_finished()
    {
        await using var service = await FakeService.StartAsync();
        service.Streams.Add(EventScript.From().Text("Downloading .").StayOpen());
        using var stop = new CancellationTokenSource();

        var (output, run) = BxRun.Begin(
            service,
            stop.Token,
            "ml",
            "monitor",
            "training-runs",
            DocumentedRuns.Id,
            "logs"
        );
        await Eventually.Be("the dot is seen", () => output() == "Downloading .", TimeSpan.FromSeconds(30));
        await stop.CancelAsync();

        Assert.Equal(130, await run);
    }

    [Fact]
    public async Task A_service_that_answers_and_hangs_up_again_and_again_is_given_up()
    {
        await using var service = await FakeService.StartAsync();
        foreach (var _ in Enumerable.Range(0, 5_000))
        {
            service.Streams.Add(EventScript.From());
        }

        var run = await BxRun.ImpatientAsync(
            service,
            TimeSpan.FromMilliseconds(200),
            ["ml", "monitor", "training-runs", DocumentedRuns.Id]
        );

        Assert.Equal(8, run.ExitCode);
        Assert.Contains("error: The service answers, but its connection breaks each time", run.Error);
    }

    [Fact]
    public async Task A_stream_without_a_sign_of_life_is_opened_again()
    {
        await using var service = await FakeService.StartAsync();
        service.Answer(Run, DocumentedRuns.Completed());
        service.Streams.Add(EventScript.From().Log("one\n").StayOpen());
        service.Streams.Add(EventScript.From(offset: 4).Log("two\n").End("completed", "COMPLETED"));

        var run = await BxRun.SilenceAsync(
            service,
            TimeSpan.FromSeconds(2),
            ["ml", "monitor", "training-runs", DocumentedRuns.Id, "logs"]
        );

        Assert.Equal((0, "one\ntwo\n"), (run.ExitCode, run.Out));
    }

    [Theory]
    [InlineData("event: status\ndata: <html>\n\n")]
    [InlineData("event: end\ndata: oops\n\n")]
    [InlineData("event: end\ndata: []\n\n")]
    public async Task An_event_that_is_no_json_is_not_understood(string stream)
    {
        await using var service = await FakeService.StartAsync();
        service.Streams.Add(EventScript.From().Raw(stream));

        var run = await BxRun.OfAsync(service, "ml", "monitor", "training-runs", DocumentedRuns.Id);

        Assert.Equal(8, run.ExitCode);
        Assert.StartsWith("error: The service answered something else than this bx expects", run.Error);
    }

    [Fact]
    public async Task A_page_in_the_place_of_the_stream_is_not_understood()
    {
        await using var service = await FakeService.StartAsync();
        service.Streams.Add(EventScript.Page());

        var run = await BxRun.OfAsync(service, "ml", "monitor", "training-runs", DocumentedRuns.Id);

        Assert.Equal(8, run.ExitCode);
        Assert.Contains("with something else than this bx expects", run.Error);
    }

    [Fact]
    public async Task An_event_without_an_end_is_cut_off()
    {
        await using var service = await FakeService.StartAsync();
        service.Streams.Add(
            EventScript.From().Raw("event: log\ndata: " + new string('x', 17 * 1024 * 1024)).StayOpen()
        );

        var run = await BxRun.OfAsync(service, "ml", "monitor", "training-runs", DocumentedRuns.Id);

        Assert.Equal(8, run.ExitCode);
        Assert.Contains("error: The service sent an event of more than 16777216 bytes", run.Error);
    }

    [Fact]
    public async Task As_json_every_event_is_a_line()
    {
        await using var service = await FakeService.StartAsync();
        service.Answer(Run, DocumentedRuns.Completed());
        service.Streams.Add(EventScript.From().Status("PROCESSING", 2).Log("a \"b\"\n").End("completed", "COMPLETED"));

        var run = await BxRun.OfAsync(service, "ml", "monitor", "training-runs", DocumentedRuns.Id, "--output", "json");

        Assert.Equal(
            """
            {"event":"status","status":{"phase":"PROCESSING","at":"2017-10-26T11:16:53.0000000+00:00"}}
            {"event":"log","offset":6,"text":"a \"b\"\n"}
            {"event":"end","status":{"state":"completed","phase":"COMPLETED"}}

            """,
            run.Out
        );
    }

    private static JsonElement Parse(string json) => JsonSerializer.Deserialize<JsonElement>(json);

    [Fact]
    public async Task A_run_that_is_not_there_is_not_waited_for()
    {
        await using var service = await FakeService.StartAsync();
        service.Answers.Clear();
        service.Streams.Add(EventScript.NotFound());

        var run = await BxRun.OfAsync(service, "ml", "monitor", "training-runs", DocumentedRuns.Id);

        Assert.Equal(4, run.ExitCode);
    }
}
