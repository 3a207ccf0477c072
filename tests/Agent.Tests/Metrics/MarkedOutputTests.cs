using System.Text;
using Trainyard.Agent.Metrics;
using Trainyard.Agent.Progress;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests.Metrics;

/// <summary>Metrics and progress that a program prints, without any library.</summary>
public sealed class MarkedOutputTests : IDisposable
{
    private readonly Collected _collected = new();
    private readonly CommandProgress _progress;
    private readonly MarkedLines _lines;

    public MarkedOutputTests()
    {
        _progress = new CommandProgress(_collected.Time);
        _lines = new MarkedLines(_collected.Sink, _progress);
    }

    public void Dispose() => _collected.Dispose();

    [Theory]
    [InlineData("""{"step": 3, "loss": 0.5}""", "train step=3 -> loss=0.5")]
    [InlineData("""{"group": "test", "epoch": 1, "acc": 1, "ok": true}""", "test epoch=1 -> acc=1 ok=1")]
    [InlineData("""{"iteration": 7, "loss": NaN, "lr": -Infinity}""", "train iteration=7 -> loss=NaN lr=-Infinity")]
    [InlineData("""{"note": "say \"NaN\"", "shape": [1, 2]}""", """train  -> note=say "NaN" shape=[1, 2]""")]
    public void A_line_of_JSON_behind_the_mark_is_a_record(string json, string record)
    {
        _lines.Take("::metrics " + json);

        Assert.Equal([record], _collected.Records);
    }

    [Theory]
    [InlineData("::metrics {\"loss\": ", "what follows ::metrics is no JSON object")]
    [InlineData("::metrics [1]", "what follows ::metrics is no JSON object")]
    [InlineData("::metrics {\"step\": 4}", "it measures nothing")]
    [InlineData("::progress soon", "what follows ::progress tells none")]
    public void A_marked_line_that_says_nothing_is_told_once_and_counted(string line, string why)
    {
        _lines.Take(line);
        _lines.Take(line);
        _collected.Sink.End();

        Assert.Empty(_collected.Records);
        Assert.Contains(why, _collected.Told[0]);
        Assert.Equal("2 lines of metrics were no records and are left out.", _collected.Told[1]);
        Assert.Equal(2, _collected.Told.Count);
    }

    [Theory]
    [InlineData("loss ::metrics {\"loss\": 1}")]
    [InlineData(" ::metrics {\"loss\": 1}")]
    [InlineData("::metricsx {\"loss\": 1}")]
    public void Only_the_beginning_of_a_line_is_a_mark(string line)
    {
        _lines.Take(line);

        Assert.Empty(_collected.Records);
        Assert.Empty(_collected.Told);
    }

    [Theory]
    [InlineData("3/10", 3L, 10L, 30.0, null)]
    [InlineData("12 / 10", 12L, 10L, 100.0, 0.0)]
    [InlineData("45.5%", null, null, 45.5, null)]
    [InlineData("7", 7L, null, null, null)]
    [InlineData("""{"step": 1, "steps": 4, "seconds_left": 90}""", 1L, 4L, 25.0, 90.0)]
    [InlineData("""{"progressPercentage": 45, "estimatedRemainingSeconds": 795649}""", null, null, 45.0, 795649.0)]
    [InlineData(
        """{"trainerStatus": {"progressPercentage": 40, "metrics": [{"name": "currentEpoch", "value": "2"}, {"name": "totalEpochs", "value": "5"}], "lastUpdatedTime": "2025-01-23T10:30:45Z"}}""",
        2L,
        5L,
        40.0,
        null
    )]
    public void Progress_is_told_in_short_or_by_the_fields_of_Kubeflow(
        string told,
        long? step,
        long? steps,
        double? percent,
        double? left
    )
    {
        _lines.Take("::progress " + told);

        var report = _progress.Latest!;
        Assert.Equal((step, steps, percent, left), (report.Step, report.Steps, report.Percent, report.SecondsLeft));
        Assert.Equal(Collected.Now, report.At);
    }

    [Fact]
    public void The_metrics_in_a_status_of_Kubeflow_are_a_record()
    {
        _lines.Take(
            """::progress {"trainerStatus": {"metrics": [{"name": "loss", "value": "0.2347"}, {"name": "currentStep", "value": "20"}, {"name": "totalSteps", "value": "80"}]}}"""
        );

        Assert.Equal(["train iteration=20 -> loss=0.2347"], _collected.Records);
        Assert.Equal(25, _progress.Latest!.Percent);
    }

    [Fact]
    public void The_time_left_follows_from_the_pace_since_the_first_word()
    {
        _lines.Take("::progress 10/100");
        Assert.Null(_progress.Latest!.SecondsLeft);

        _collected.Time.Advance(TimeSpan.FromSeconds(30));
        _lines.Take("::progress 40");

        Assert.Equal(100, _progress.Latest!.Steps);
        Assert.Equal(60, _progress.Latest!.SecondsLeft!.Value, 3);
        _lines.Take("::progress 100");
        Assert.Equal(0, _progress.Latest!.SecondsLeft);
    }

    [Theory]
    [InlineData("-1/10")]
    [InlineData("101%")]
    [InlineData("NaN%")]
    [InlineData("""{"progressPercentage": -5}""")]
    [InlineData("""{"trainerStatus": 5}""")]
    public void Progress_that_cannot_be_is_none(string told)
    {
        _lines.Take("::progress " + told);

        Assert.Null(_progress.Latest);
        Assert.Single(_collected.Told);
    }

    [Theory]
    [InlineData("a\r\nb\n\nc", new[] { "a", "b", "", "c" })]
    [InlineData("1%\r2%\r3%\n", new[] { "1%", "2%", "3%" })]
    [InlineData("\n", new[] { "" })]
    public async Task Output_is_read_by_lines_however_it_is_cut(string printed, string[] expected)
    {
        var taken = new List<string>();
        var output = new OutputLines(taken.Add);

        foreach (var one in Encoding.UTF8.GetBytes(printed))
        {
            output.Hear(new[] { one });
        }
        output.Complete();
        await output.RunAsync();

        Assert.Equal(expected, taken);
    }

    [Fact]
    public async Task Output_that_comes_faster_than_it_is_read_costs_metrics_and_never_memory()
    {
        var taken = 0;
        var output = new OutputLines(_ => taken++);

        for (var piece = 0; piece < 1000; piece++)
        {
            output.Hear("x\n"u8.ToArray());
        }
        output.Complete();
        await output.RunAsync();

        Assert.Equal(256, taken);
        Assert.True(output.FellBehind);
    }
}
