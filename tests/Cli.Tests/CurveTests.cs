using Trainyard.Cli.Following;
using Trainyard.Cli.Screen;
using Trainyard.Cli.Tests.Fakes;

namespace Trainyard.Cli.Tests;

/// <summary>Metrics as curves: on a terminal only.</summary>
public sealed class CurveTests
{
    private const string Run = $"GET /v3/models/{DocumentedRuns.Id}";

    private static readonly string[] Monitor = ["ml", "monitor", "training-runs", DocumentedRuns.Id, "metrics"];

    [Fact]
    public void A_falling_number_falls_from_the_greatest_to_the_least()
    {
        var curve = new Curve("train loss");
        foreach (var step in Enumerable.Range(0, 40))
        {
            curve.Add(step, 4 - (step * 0.1));
        }

        var lines = curve.Draw(width: 30, rows: 4).ToList();

        Assert.Equal("train loss  0.1 at 39  (0.1 to 4)"[..29] + "…", lines[0]);
        Assert.Equal(5, lines.Count);
        Assert.All(lines, line => Assert.True(line.Length <= 30, line));
        Assert.StartsWith("          4 ", lines[1]);
        Assert.StartsWith("        0.1 ", lines[4]);
        // Dots in the first quarter of the first row, in the last quarter of the last, and nowhere across.
        Assert.All(lines[1][12..16], dot => Assert.NotEqual('\u2800', dot));
        Assert.All(lines[1][17..], dot => Assert.Equal('\u2800', dot));
        Assert.All(lines[4][12..25], dot => Assert.Equal('\u2800', dot));
        Assert.All(lines[4][26..], dot => Assert.NotEqual('\u2800', dot));
    }

    [Fact]
    public void Many_points_and_the_widest_of_numbers_are_drawn()
    {
        var curve = new Curve("x");
        foreach (var step in Enumerable.Range(0, 100_000))
        {
            curve.Add(null, step % 2 == 0 ? double.MaxValue : double.MinValue);
        }

        var lines = curve.Draw(80, 4).ToList();

        Assert.Contains(" at 100000  ", lines[0]);
        Assert.All(
            lines[1..],
            line => Assert.True(line.Length == 80 && line[20..].All(c => c is > '\u2800' and <= '\u28ff'))
        );
    }

    [Fact]
    public void A_number_that_does_not_change_is_a_line_in_the_middle()
    {
        var curve = new Curve("x");
        curve.Add(1, 7);
        curve.Add(2, 7);

        var lines = curve.Draw(40, 4).ToList();

        Assert.Equal("x  7 at 2", lines[0]);
        Assert.All(lines[2][12..], dot => Assert.NotEqual('\u2800', dot));
        Assert.All(lines[1][12..] + lines[3][12..] + lines[4][12..], dot => Assert.Equal('\u2800', dot));
    }

    [Theory]
    [InlineData(
        """{"grouplabel":"test","etimes":{"iteration":{"type":2,"value":"100"}},"values":{"a":{"type":"FLOAT","value":"0.5"}}}""",
        "test a",
        100.0,
        0.5
    )]
    [InlineData("""{"values":{"a":2}}""", "a", null, 2.0)]
    [InlineData("""{"etimes":{"epoch":3},"values":{"a":"1e-3","note":"text"}}""", "a", 3.0, 0.001)]
    public void The_numbers_of_a_record_are_points(string record, string series, double? step, double value) =>
        Assert.Equal([(series, step, value)], MetricPoints.Of(record));

    [Theory]
    [InlineData("oops")]
    [InlineData("7")]
    [InlineData("""{"values":[1]}""")]
    [InlineData("""{"values":{"a":"NaN"}}""")]
    [InlineData("""{"values":{"a":1e999}}""")]
    [InlineData("""{"values":{"a":{"value":{"value":1}}}}""")]
    public void What_has_no_number_has_no_point(string record) => Assert.Empty(MetricPoints.Of(record));

    [Fact]
    public async Task On_a_terminal_metrics_are_curves_and_what_is_none_a_line()
    {
        await using var service = await StartAsync();

        var run = await OnTerminalAsync(service, []);

        Assert.Equal(0, run.ExitCode);
        var shown = run.Out.Split("\e[J")[^1];
        Assert.Contains("oops\n", run.Out);
        Assert.Contains("train loss  0.25 at 2  (0.25 to 1)\n", shown);
        // Two curves of four lines.
        Assert.Equal(8, shown.Split('\n').Count(line => line.Any(c => c is >= '\u2800' and <= '\u28ff')));
        // A name cannot do more to a terminal than be read.
        Assert.DoesNotContain("\e[31m", run.Out);
        Assert.Contains("[31mred", shown);
    }

    [Fact]
    public async Task Where_nothing_can_be_written_over_metrics_stay_lines()
    {
        await using var service = await StartAsync();

        var dumb = await OnTerminalAsync(service, new() { ["TERM"] = "dumb" });
        var narrow = await OnTerminalAsync(service, new() { ["COLUMNS"] = "20" });
        var piped = await BxRun.OfAsync(service, Monitor);

        Assert.All([dumb, narrow, piped], run => Assert.Contains("train   iteration=2   loss=0.25\n", run.Out));
        Assert.All([dumb, narrow, piped], run => Assert.DoesNotContain("\e[", run.Out));
    }

    private static async Task<FakeService> StartAsync()
    {
        var service = await FakeService.StartAsync();
        service.Answer(Run, DocumentedRuns.Completed());
        foreach (var _ in Enumerable.Range(0, 3))
        {
            service.Streams.Add(
                EventScript
                    .From()
                    .Metric("""{"grouplabel":"train","etimes":{"iteration":1},"values":{"loss":1}}""")
                    .Metric("oops")
                    .Metric("""{"grouplabel":"train","etimes":{"iteration":2},"values":{"loss":0.25}}""")
                    .Metric("""{"grouplabel":"z\u001b[31mred","values":{"b":1}}""")
                    .End("completed", "COMPLETED")
            );
        }
        return service;
    }

    private static Task<BxRun> OnTerminalAsync(FakeService service, Dictionary<string, string> more)
    {
        var variables = BxRun.Variables(service);
        foreach (var (name, value) in more)
        {
            variables[name] = value;
        }
        return BxRun.WithAsync(variables, isTerminal: true, Monitor);
    }
}
