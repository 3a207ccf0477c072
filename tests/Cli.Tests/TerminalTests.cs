using Trainyard.Cli.Tests.Fakes;
using Trainyard.Contracts;
using Trainyard.Tests.Shared;

namespace Trainyard.Cli.Tests;

public sealed class TerminalTests
{
    private static readonly string[] List = ["ml", "list", "training-runs"];

    [Theory]
    [InlineData("", "", true)]
    [InlineData("NO_COLOR", "1", false)]
    [InlineData("TERM", "dumb", false)]
    public async Task Colours_are_for_terminals_that_want_them(string variable, string value, bool expected)
    {
        await using var service = await FakeService.StartAsync();
        service.Answer("GET /v3/models", new RunListResource { Resources = [DocumentedRuns.Completed()] });
        var variables = BxRun.Variables(service);
        if (variable.Length > 0)
            variables[variable] = value;

        var run = await BxRun.WithAsync(variables, isTerminal: true, List);

        Assert.Equal(expected, run.Out.Contains('\e'));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_upload_shows_its_progress_on_a_terminals_standard_error_only(bool isTerminal)
    {
        await using var service = await FakeService.StartAsync();
        service.Answer("POST /v3/models", DocumentedRuns.Pending(), 202);
        using var files = new TemporaryFolder();
        var manifest = files.Write("m.yaml", "name: x\n");
        var zip = files.File("model.zip");
        File.WriteAllBytes(zip, [.. "PK"u8, .. new byte[1_000_000]]);

        var run = await BxRun.WithAsync(BxRun.Variables(service), isTerminal, "ml", "train", zip, manifest);

        Assert.Equal(isTerminal, run.Error.Contains("Uploading the model"));
        Assert.DoesNotContain("Uploading", run.Out);
        Assert.Equal(1_000_002, Assert.Single(service.Received).Parts[1].Bytes.Length);
    }

    [Fact]
    public async Task Names_cannot_move_the_cursor()
    {
        await using var service = await FakeService.StartAsync();
        service.Answer(
            "GET /v3/models",
            new RunListResource { Resources = [DocumentedRuns.Pending(name: "a\e[2Jb\n")] }
        );

        var run = await BxRun.OfAsync(service, List);

        Assert.DoesNotContain('\e', run.Out);
        Assert.Contains("1       a [2Jb", run.Out);
    }
}
