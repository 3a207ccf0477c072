using System.Text;
using Trainyard.Agent.Metrics;

namespace Trainyard.Agent.Tests.Metrics;

/// <summary>What programs write into the metrics file, good and broken.</summary>
public sealed class RecordLineTests : IDisposable
{
    private readonly Collected _collected = new();

    public void Dispose() => _collected.Dispose();

    [Fact]
    public void Records_pass_as_they_are() =>
        Passes("{\"meta\":{\"time\":5},\"values\":{\"loss\":{\"type\":3,\"value\":\"0.5\"}}}\n{\"a\":1}\n");

    [Theory]
    [InlineData("{\"loss\":NaN}", "{\"loss\":\"NaN\"}")]
    [InlineData("{\"a\":[-Infinity,Infinity],\"b\":\"NaN\"}", "{\"a\":[\"-Infinity\",\"Infinity\"],\"b\":\"NaN\"}")]
    [InlineData("{\"a\":\"x\\\"NaN\",\"b\":NaN}", "{\"a\":\"x\\\"NaN\",\"b\":\"NaN\"}")]
    [InlineData("{\"a\":-1}", "{\"a\":-1}")]
    public void Numbers_that_JSON_has_no_word_for_become_texts(string written, string sent)
    {
        Forward(written + "\n");

        Assert.Equal(sent + "\n", _collected.Text);
        Assert.Empty(_collected.Told);
    }

    [Fact]
    public void Blank_and_broken_lines_cost_only_themselves_and_are_told_once()
    {
        Forward("\n  \r\n{\"a\":1}\nnot json\n{\"half\":\n5\n{\"a\":1}{\"b\":2}\n{\"b\":2}\r\n");
        _collected.Sink.End();

        Assert.Equal("{\"a\":1}\n{\"b\":2}\n", _collected.Text);
        Assert.Equal(
            [
                "A line of the metrics file is left out: it is no JSON object: not json. More of them are only counted.",
                "4 lines of metrics were no records and are left out.",
            ],
            _collected.Told
        );
    }

    [Fact]
    public void What_a_broken_line_holds_steers_no_terminal()
    {
        Forward("\u001B[2J\u202Eevil\n");

        Assert.DoesNotContain(_collected.Told[0], c => c is '\u001B' or '\u202E');
    }

    [Fact]
    public void The_list_of_IBM_s_helper_gives_the_records_of_the_group_test()
    {
        ReadList("""[{"steps": 100, "accuracy": 0.91, "loss": NaN}, {"steps": 200, "accuracy": 0.95}]""");

        Assert.Equal(
            ["test iteration=100 -> accuracy=0.91 loss=NaN", "test iteration=200 -> accuracy=0.95"],
            _collected.Records
        );
    }

    [Fact]
    public void The_list_adds_nothing_where_the_helper_wrote_the_same_to_the_metrics_file()
    {
        Forward("""{"grouplabel":"test","etimes":{},"values":{"accuracy":0.91}}""" + "\n");
        var before = _collected.Text;

        ReadList("""[{"steps": 100, "accuracy": 0.91}]""");

        Assert.Equal(before, _collected.Text);
    }

    [Theory]
    [InlineData("[{\"steps\": 1")]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1, \"x\", null]")]
    public void A_list_that_is_none_gives_nothing(string content)
    {
        ReadList(content);

        Assert.Empty(_collected.Text);
    }

    private void Passes(string lines)
    {
        Forward(lines);
        Assert.Equal(lines, _collected.Text);
        Assert.Empty(_collected.Told);
    }

    private void Forward(string lines) => _collected.Sink.Forward(Encoding.UTF8.GetBytes(lines));

    private void ReadList(string content)
    {
        using var file = File.OpenHandle(_collected.Folder.Write("val_dict_list.json", content));
        ValidationList.Read(file, _collected.Sink);
    }
}
