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
        {
            variables[variable] = value;
        }

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
        Assert.Contains("1       a\uFFFD[2Jb", run.Out);
    }

    [Theory]
    [InlineData("\u202Eevil", "\uFFFDevil")]
    [InlineData("a\u2028b\u2029c", "a b c")]
    [InlineData("a\u0085b\u009B2Jc", "a\uFFFDb\uFFFD2Jc")]
    [InlineData("x\u2066y\u2069", "x\uFFFDy\uFFFD")]
    [InlineData("\e]0;title\a", "\uFFFD]0;title\uFFFD")]
    [InlineData("soft\u00ADly\uFEFF", "soft\uFFFDly\uFFFD")]
    [InlineData("👩\u200D💻 می\u200Cخواهم", "👩\u200D💻 می\u200Cخواهم")]
    public async Task What_a_terminal_obeys_is_replaced_wherever_it_comes_from(string text, string shown)
    {
        await using var service = await FakeService.StartAsync();
        service
            .Answer("GET /v3/models", new RunListResource { Resources = [DocumentedRuns.Pending(name: text)] })
            .Answer($"GET /v3/models/{DocumentedRuns.Id}", DocumentedRuns.Pending(name: text))
            .Refuse("GET /v3/secrets", 500, "internal_error", "No.", text);

        var list = await BxRun.WithAsync(BxRun.Variables(service), isTerminal: true, List);
        var show = await BxRun.OfAsync(service, "ml", "show", "training-runs", DocumentedRuns.Id);
        var error = await BxRun.OfAsync(service, "ml", "list", "secrets");

        Assert.Contains($"1       {shown}", list.Out);
        Assert.Contains($"Name           {shown}\n", show.Out);
        Assert.Equal($"error: {shown}\n", error.Error);
    }

    [Fact]
    public async Task As_json_the_same_text_comes_in_escape_sequences()
    {
        const string Name = "\u202Eevil\u2028\u009B\U000E0041";
        await using var service = await FakeService.StartAsync();
        service.Answer("GET /v3/models", new RunListResource { Resources = [DocumentedRuns.Pending(name: Name)] });

        var run = await BxRun.OfAsync(service, [.. List, "-o", "json"]);

        Assert.All(run.Out, c => Assert.True(c is '\n' or >= ' ' and <= '~'));
        var entity = run.Json.GetProperty("resources")[0].GetProperty("entity");
        Assert.Equal(Name, entity.GetProperty("model_definition").GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("80")]
    [InlineData("100")]
    public async Task Long_names_are_cut_so_that_a_row_fits_the_terminal(string columns)
    {
        await using var service = await FakeService.StartAsync();
        service.Answer(
            "GET /v3/models",
            new RunListResource
            {
                Resources =
                [
                    DocumentedRuns.Pending(name: new string('n', 200)),
                    DocumentedRuns.Pending(name: string.Concat(Enumerable.Repeat("数字", 40))),
                ],
            }
        );
        var variables = BxRun.Variables(service);
        (variables["COLUMNS"], variables["NO_COLOR"]) = (columns, "1");

        var terminal = await BxRun.WithAsync(variables, isTerminal: true, List);
        var file = await BxRun.WithAsync(variables, isTerminal: false, List);

        var rows = terminal.Out.Split('\n')[1..4];
        Assert.All(rows, row => Assert.InRange(Screen.TerminalText.WidthOf(row), 1, int.Parse(columns)));
        Assert.All(rows[1..], row => Assert.Matches("…    ?training-DOl4q2LkR   pending   2017-10-26T11:16:51Z$", row));
        Assert.Contains(new string('n', 200), file.Out);
    }

    [Fact]
    public async Task What_a_log_does_to_the_terminal_ends_with_it()
    {
        const string Log = "\e[31mred \u202Eturned\e[?25l\e[?1049h\n";
        await using var service = await FakeService.StartAsync();
        service.Answer($"GET /v3/models/{DocumentedRuns.Id}", DocumentedRuns.Completed());
        foreach (var _ in Enumerable.Range(0, 3))
        {
            service.Streams.Add(
                EventScript.From().Log(Log).Log("after\n").Status("COMPLETED", 4).End("completed", "COMPLETED")
            );
        }
        string[] monitor = ["ml", "monitor", "training-runs", DocumentedRuns.Id];

        var everything = await BxRun.WithAsync(BxRun.Variables(service), isTerminal: true, monitor);
        var logs = await BxRun.WithAsync(BxRun.Variables(service), isTerminal: true, [.. monitor, "logs"]);
        var file = await BxRun.OfAsync(service, [.. monitor, "logs"]);

        const string Repair = "\e[?1049l\e[?1000l\e[?1002l\e[?1003l\e[?1006l\e[?2004l\e[!p\e[0m\e[?25h\e(B\x0f";
        Assert.Contains($"{Log}after\n{Repair}Status: ", everything.Out);
        Assert.Equal($"{Log}after\n{Repair}", logs.Out);
        Assert.Equal($"{Log}after\n", file.Out);
    }
}
