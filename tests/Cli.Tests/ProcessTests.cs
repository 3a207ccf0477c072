using Trainyard.Cli.Tests.Fakes;
using Trainyard.Contracts;
using Trainyard.Tests.Shared;

namespace Trainyard.Cli.Tests;

/// <summary><c>bx</c> as a process of its own, as a shell sees it.</summary>
public sealed class ProcessTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task It_talks_to_the_service_that_the_environment_names()
    {
        await using var service = await FakeService.StartAsync();
        service.Answer("GET /v3/models", new RunListResource { Resources = [DocumentedRuns.Pending()] });

        await using var bx = Start(service, "ml", "list", "training-runs");

        Assert.Equal(0, await bx.WaitForExit(Soon));
        Assert.Contains(
            "1       tf-mnist                   training-DOl4q2LkR   pending   2017-10-26T11:16:51Z",
            bx.Lines
        );
        Assert.Equal("List all training-runs successful", bx.Lines[^1]);
    }

    [Fact]
    public async Task Its_exit_code_reaches_the_shell()
    {
        await using var service = await FakeService.StartAsync();
        service.Refuse($"GET /v3/models/{DocumentedRuns.Id}", 404, "run_not_found", "Not Found", "No such run.");

        await using var bx = Start(service, "ml", "show", "training-runs", DocumentedRuns.Id);

        Assert.Equal(4, await bx.WaitForExit(Soon));
        Assert.Contains("error: No such run. 'bx ml list training-runs' prints those there are.", bx.Lines);
    }

    [Fact]
    public async Task Ctrl_C_stops_following_and_says_that_the_run_goes_on()
    {
        await using var service = await FakeService.StartAsync();
        service.Streams.Add(EventScript.From().Log("one\n").StayOpen());

        await using var bx = Start(service, "ml", "monitor", "training-runs", DocumentedRuns.Id);
        await bx.WaitForLine(line => line == "one", Soon);
        bx.Signal("INT");

        Assert.Equal(130, await bx.WaitForExit(Soon));
        Assert.Contains(bx.Lines, line => line.StartsWith("No longer followed; the run goes on"));
    }

    private static ChildProcess Start(FakeService service, params string[] arguments) =>
        ChildProcess.Start(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "bx.dll"), .. arguments],
            BxRun.Variables(service).ToDictionary(v => v.Key, string? (v) => v.Value)
        );
}
