using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Spectre.Console;
using Trainyard.Cli.Tests.Fakes;
using Trainyard.Cli.Top;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;

namespace Trainyard.Cli.Tests;

public sealed class TopTests
{
    private const string List = "GET /v3/models";
    private const string Nodes = "GET /v3/nodes";
    private const string Measured = $"GET /v3/models/{DocumentedRuns.Id}/metrics";

    private static readonly string Sample = """
        {"grouplabel":"system","etimes":{},"values":{"cpu_percent":{"type":"FLOAT","value":"151.4"},
        "memory_bytes":{"type":"FLOAT","value":"2000000000"},"gpu0_percent":{"type":"FLOAT","value":"12"},
        "gpu1_percent":{"type":"FLOAT","value":"97"},"gpu1_memory_bytes":{"type":"FLOAT","value":"15000000000"}}}
        """.Replace("\n", "");

    [Fact]
    public async Task Without_a_terminal_runs_and_nodes_are_printed_once()
    {
        await using var service = await StartAsync();
        service.Answer(Nodes, new { resources = new[] { Node } });

        var top = await BxRun.OfAsync(service, "ml", "top");

        Assert.Equal((0, ""), (top.ExitCode, top.Error));
        Assert.Contains("1 running, 1 waiting\n", top.Out);
        Assert.Matches(
            @"tf-mnist +training-DOl4q2LkR +PROCESSING +25%, step 3 of 12 +0:02:00 h +151% +2\.0 GB +97% +15\.0 GB +node-1",
            top.Out
        );
        Assert.Matches(@"waits +training-aaaaaaaaa +QUEUED", top.Out);
        Assert.Matches(@"node-1 +ready +2 +1 of 2 slots", top.Out);
    }

    [Fact]
    public async Task Who_is_no_operator_sees_the_runs()
    {
        await using var service = await StartAsync();
        service.Answer(
            Nodes,
            new Problem
            {
                Title = "Forbidden",
                Status = 403,
                Code = "forbidden",
            },
            StatusCodes.Status403Forbidden
        );

        var top = await BxRun.OfAsync(service, "ml", "top");
        var json = await BxRun.OfAsync(service, "ml", "top", "-o", "json");

        Assert.Equal((0, 0), (top.ExitCode, json.ExitCode));
        Assert.DoesNotContain("slots", top.Out);
        var document = JsonDocument.Parse(json.Out).RootElement;
        Assert.False(document.TryGetProperty("nodes", out _));
        var first = document.GetProperty("runs")[0];
        Assert.Equal(97, first.GetProperty("gpu_percent").GetDouble());
        Assert.Equal(
            DocumentedRuns.Id,
            first.GetProperty("run").GetProperty("metadata").GetProperty("guid").GetString()
        );
        Assert.False(document.GetProperty("runs")[1].TryGetProperty("cpu_percent", out _));
    }

    [Fact]
    public void On_a_terminal_nothing_that_a_run_is_called_is_taken_for_markup()
    {
        var run = new TopRun(Running("[red]x[/] \u001b[2J"), ResourceUse.Parse("no JSON"));

        var shown = Draw(run, width: 200, "The service does not answer.");

        Assert.Contains("[red]x[/] \ufffd[2J", shown);
        Assert.Contains("1 running, 0 waiting. Ctrl-C ends this.", shown);
        Assert.Contains("The service does not answer.", shown);
    }

    [Theory]
    [InlineData(110)]
    [InlineData(80)]
    public void On_a_narrow_terminal_numbers_and_headings_stay_whole(int width)
    {
        const string Record =
            """{"values":{"cpu_percent":{"value":"1234.2"},"memory_bytes":{"value":"123456789012"}}}""";
        var run = new TopRun(Running("a rather long name of a training run"), ResourceUse.Parse(Record));

        var lines = Draw(run, width, trouble: null).Split('\n');

        Assert.Contains(lines, line => line.Contains("guid") && line.Contains("cpu") && line.Contains("memory"));
        var row = Assert.Single(lines, line => line.Contains(DocumentedRuns.Id));
        Assert.Matches(@"^ +a rathe.*…? +training-\w+ +PROCESSING +25%, st.* +0:02:00 h +1234% +123 GB", row);
        // One line for the run, whatever it is called.
        Assert.DoesNotContain(lines, line => line.Contains("of 12") && !line.Contains(DocumentedRuns.Id));
        Assert.All(lines, line => Assert.True(line.TrimEnd().Length <= width, line));
        // Nothing measures a GPU here.
        Assert.DoesNotContain(lines, line => line.Contains("gpu-memory"));
    }

    [Fact]
    public void A_run_with_a_GPU_brings_its_columns()
    {
        var shown = Draw(new TopRun(Running("a"), ResourceUse.Parse(Sample)), width: 140, trouble: null);

        Assert.Matches("memory +gpu +gpu-memory +node", shown);
        Assert.Contains("97%", shown);
    }

    private static string Draw(TopRun run, int width, string? trouble)
    {
        using var output = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.No }
        );
        console.Profile.Width = width;
        console.Write(
            TopScreen.Render(
                new TopSnapshot
                {
                    Runs = [run],
                    HasMore = false,
                    Nodes = null,
                },
                trouble,
                width
            )
        );
        return output.ToString().ReplaceLineEndings("\n");
    }

    private static async Task<FakeService> StartAsync()
    {
        var service = await FakeService.StartAsync();
        var waiting = DocumentedRuns.Pending("training-aaaaaaaaa", "waits");
        service.Answer(List, new RunListResource { Resources = [waiting, Running("tf-mnist")] });
        service.Answers[Measured] = context => context.Response.WriteAsync(Sample + "\n");
        return service;
    }

    private static RunResource Running(string name) =>
        DocumentedRuns.Run(
            DocumentedRuns.Id,
            name,
            DocumentedRuns.Status(RunState.Running, "PROCESSING") with
            {
                CurrentAt = DocumentedRuns.Submitted.AddMinutes(2),
                Node = "node-1",
                Progress = new ProgressResource
                {
                    Step = 3,
                    Steps = 12,
                    Percent = 25,
                    UpdatedAt = DocumentedRuns.Submitted,
                },
            }
        );

    private static object Node =>
        new
        {
            name = "node-1",
            pool = "default",
            gpus = 2,
            slots = 2,
            free_slots = 1,
            state = "ready",
            seen_at = "2026-11-27T15:00:00.000Z",
            failures = 0,
        };
}
