using Trainyard.Agent.Metrics;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Tests.Metrics;

/// <summary>FfDL's expressions, its macros and its window of lines.</summary>
public sealed class RegexExtractorTests
{
    // As FfDL's documentation has it for Caffe, whose log glog writes.
    private static readonly NodeMetricGroup CaffeTest = Group(
        "test",
        @"(?P<stamp>%{GLOG_STAMP})\s+\d+ \S+\] Iteration (?P<iteration>%{INT}), Testing net.*?\n.*?accuracy = %{FLOAT:accuracy}\n.*?loss = %{FLOAT:loss}",
        ["iteration"],
        ["accuracy", "loss"]
    );

    private static readonly NodeMetricGroup CaffeTrain = Group(
        "train",
        @"%{GLOG_STAMP}\s+\d+ solver\.cpp:\d+\] Iteration (?P<iteration>%{INT}), loss = (?P<loss>%{FLOAT})",
        ["iteration"],
        ["loss"]
    );

    [Fact]
    public void A_log_of_Caffe_gives_a_record_of_each_group()
    {
        using var collected = new Collected();

        Extract(
            collected,
            4,
            [CaffeTest, CaffeTrain],
            """
            I0321 15:58:27.263562    29 solver.cpp:454] Solving LeNet
            I0321 15:58:27.270000    29 solver.cpp:397] Iteration 0, Testing net (#0)
            I0321 15:58:31.110000    29 solver.cpp:404]     Test net output #0: accuracy = 0.0855
            I0321 15:58:31.110001    29 solver.cpp:404]     Test net output #1: loss = 2.33704 (* 1 = 2.33704 loss)
            I0321 15:58:31.200000    29 solver.cpp:228] Iteration 0, loss = 2.36
            I0321 15:58:31.200001    29 solver.cpp:244]     Train net output #0: loss = 2.36
            I0321 15:58:40.000000    29 solver.cpp:228] Iteration 100, loss = 1.25e-01
            """
        );

        Assert.Equal(
            [
                "test iteration=0 -> accuracy=0.0855 loss=2.33704",
                "train iteration=0 -> loss=2.36",
                "train iteration=100 -> loss=1.25e-01",
            ],
            collected.Records
        );
    }

    [Theory]
    [InlineData(1, new string[0])]
    [InlineData(2, new[] { "g  -> a=1 b=2" })]
    public void A_match_spans_as_many_lines_as_the_window_has(int lookahead, string[] expected)
    {
        using var collected = new Collected();

        Extract(collected, lookahead, [Group("g", @"a=%{INT:a}\nb=%{INT:b}", [], ["a", "b"])], "a=1\nb=2\nother");

        Assert.Equal(expected, collected.Records);
    }

    [Fact]
    public void A_match_begins_with_a_line_and_uses_up_the_lines_that_it_spans()
    {
        using var collected = new Collected();

        // The second is inside of a line.
        Extract(collected, 3, [Group("g", @"x=%{INT:x}", [], ["x"])], "x=1\nlater x=2\nx=3\nx=4");

        Assert.Equal(["g  -> x=1", "g  -> x=3", "g  -> x=4"], collected.Records);
    }

    [Fact]
    public void The_first_group_that_matches_has_the_line()
    {
        using var collected = new Collected();
        var any = Group("any", "%{INT:value}", [], ["value"]);
        var same = Group("same", "%{INT:value}", [], ["value"]);

        Extract(collected, 4, [any, same], "5");

        Assert.Equal(["any  -> value=5"], collected.Records);
    }

    [Theory]
    [InlineData("INT", "-17", "-17")]
    [InlineData("INT_ANY", "0x1F", "0x1F")]
    [InlineData("INT_ANY", "017", "017")]
    [InlineData("HEX", "beef", "beef")]
    [InlineData("FLOAT", ".5", ".5")]
    [InlineData("FLOAT", "-1.5E-7", "-1.5E-7")]
    [InlineData("FLOAT", "nan", "nan")]
    [InlineData("FLOAT", "-inf", "-inf")]
    [InlineData("GLOG_STAMP", "W1127 09:03:59.000001", "W1127 09:03:59.000001")]
    [InlineData("TIMESTAMP", "2026-11-27T10:11:12.5Z", "2026-11-27T10:11:12.5Z")]
    [InlineData("TIMESTAMP", "2026-11-27T10:11:12+02:00", "2026-11-27T10:11:12+02:00")]
    public void Each_macro_finds_what_its_name_says(string macro, string text, string found)
    {
        using var collected = new Collected();

        Extract(collected, 1, [Group("g", $"<%{{{macro}:x}}>", [], ["x"])], $"<{text}>");

        Assert.Equal([$"g  -> x={found}"], collected.Records);
    }

    [Fact]
    public void Texts_of_their_own_types_time_and_subid_come_as_the_manifest_says()
    {
        using var collected = new Collected();
        var group = Group("g", @"%{TIMESTAMP:when} run (?P<run>\w+) loss (?P<loss>%{FLOAT})", [], ["loss"]) with
        {
            Time = "$when",
            SubId = "$run",
            ETimes = new Dictionary<string, NodeMetricField> { ["phase"] = new("STRING", "warm-up") },
        };

        Extract(collected, 4, [group], "2026-11-27T10:11:12Z run a7 loss 0.5");

        var record = Assert.Single(collected.Lines);
        Assert.Equal(1_795_774_272_000, record.GetProperty("meta").GetProperty("time").GetInt64());
        Assert.Equal("a7", record.GetProperty("meta").GetProperty("subid").GetString());
        Assert.Equal("""{"phase":{"type":"STRING","value":"warm-up"}}""", record.GetProperty("etimes").GetRawText());
        Assert.Equal("""{"loss":{"type":"FLOAT","value":"0.5"}}""", record.GetProperty("values").GetRawText());
    }

    [Fact]
    public void Without_a_time_of_its_own_a_record_has_the_one_at_which_its_line_came()
    {
        using var collected = new Collected();
        var group = Group("g", "loss (?P<loss>%{FLOAT})", [], ["loss"]) with { Time = "$timestamp" };

        Extract(collected, 4, [group], "loss 0.5");

        Assert.Equal(
            Collected.Now.ToUnixTimeMilliseconds(),
            Assert.Single(collected.Lines).GetProperty("meta").GetProperty("time").GetInt64()
        );
    }

    [Fact]
    public void What_takes_no_part_in_a_match_is_left_out()
    {
        using var collected = new Collected();

        Extract(collected, 1, [Group("g", "loss %{FLOAT:loss}(?: acc %{FLOAT:acc})?", [], ["loss", "acc"])], "loss 1");

        Assert.Equal(["g  -> loss=1"], collected.Records);
    }

    [Fact]
    public void An_expression_that_takes_for_ever_is_given_up_and_the_others_go_on()
    {
        using var collected = new Collected();
        // Looking back and around keeps it from being matched in linear time.
        var slow = Group("slow", @"(?=(a+)+b)(a+)+c\1", [], ["0"]);
        var quick = Group("quick", "a+!%{INT:x}", [], ["x"]);
        var line = new string('a', 40);

        Extract(collected, 1, [slow, quick], string.Join('\n', Enumerable.Range(1, 9).Select(i => $"{line}!{i}")));

        Assert.Equal(Enumerable.Range(1, 9).Select(i => $"quick  -> x={i}"), collected.Records);
        Assert.Equal(
            "Metrics of the group 'slow' are read no more: its regex takes too long on some lines.",
            Assert.Single(collected.Told)
        );
    }

    internal static NodeMetricGroup Group(string name, string regex, string[] etimes, string[] scalars) =>
        new()
        {
            Name = name,
            Regex = regex,
            ETimes = etimes.ToDictionary(e => e, e => new NodeMetricField("INT", $"${e}")),
            Scalars = scalars.ToDictionary(s => s, s => new NodeMetricField("FLOAT", $"${s}")),
        };

    private static void Extract(Collected collected, int lookahead, NodeMetricGroup[] groups, string log)
    {
        var metrics = new NodeMetrics
        {
            Type = "regex_extractor",
            LineLookahead = lookahead,
            Groups = groups,
        };
        var extractor = new RegexExtractor(metrics, collected.Sink, collected.Told.Add);
        foreach (var line in log.Split('\n'))
        {
            extractor.Take(line);
        }
        extractor.End();
    }
}
