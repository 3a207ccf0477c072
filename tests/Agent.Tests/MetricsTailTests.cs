using FsCheck;
using FsCheck.Fluent;
using Trainyard.Agent.Processes;
using Trainyard.Agent.Verbs;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests;

/// <summary>The metrics file is followed by whole lines.</summary>
public sealed class MetricsTailTests
{
    [Fact]
    public void However_a_file_grows_only_whole_lines_come_and_in_the_end_all_of_them() =>
        Prop.ForAll(
                Gen.Elements("{\"a\":1}", "\n", "x", "\n\n", "").ListOf().ToArbitrary(),
                parts =>
                {
                    using var folder = new TemporaryFolder();
                    var file = folder.File("metrics.txt");
                    using var spool = new Spool(folder.File("spool"));
                    var tail = Follow(file, spool);
                    foreach (var part in parts)
                    {
                        File.AppendAllText(file, part);
                        tail.Advance(atEnd: false);
                        var so = Text(spool);
                        if (so.Length > 0 && so[^1] != '\n')
                        {
                            return false;
                        }
                    }
                    tail.Advance(atEnd: true);
                    var all = string.Concat(parts);
                    return Text(spool) == (all.Length == 0 || all[^1] == '\n' ? all : all + "\n");
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_link_in_the_file_s_place_is_not_followed()
    {
        using var folder = new TemporaryFolder();
        var secret = folder.Write("secret", "the pool key\n");
        var file = folder.File("metrics.txt");
        File.CreateSymbolicLink(file, secret);
        using var spool = new Spool(folder.File("spool"));

        Follow(file, spool).Advance(atEnd: true);

        Assert.Equal(0, spool.Length);
    }

    [Fact]
    public void A_file_that_began_anew_is_read_anew()
    {
        using var followed = new Followed();
        followed.Writes("first line\n");

        followed.Writes("next\n");

        Assert.Equal("first line\nnext\n", followed.Ended());
    }

    [Fact]
    public void A_file_written_anew_each_epoch_gives_each_record_once()
    {
        using var followed = new Followed();
        var records = Enumerable.Range(1, 9).Select(i => $$$"""{"meta":{"step":{{{i}}}},"values":{"loss":0.5}}""");
        foreach (var epoch in Enumerable.Range(1, 9))
        {
            // Slowly: the follower looks while the file is empty, and in the middle of a line.
            followed.Writes("");
            foreach (var half in Lines(records.Take(epoch)).Chunk(30))
            {
                followed.Appends(new string(half));
            }
        }

        Assert.Equal(Lines(records), followed.Ended());
    }

    [Fact]
    public void A_file_that_another_one_is_renamed_over_gives_what_is_new_in_it()
    {
        using var followed = new Followed();
        followed.Writes("a\nb\n");

        followed.Replaces("first\na\nb\n");
        followed.Replaces("first\na\nb\nc\n");

        Assert.Equal("a\nb\nfirst\nc\n", followed.Ended());
    }

    [Fact]
    public void A_file_of_the_same_end_that_is_renamed_over_another_one_is_read_from_its_beginning()
    {
        using var followed = new Followed();
        var end = Lines(Enumerable.Range(1, 500).Select(i => $"record {i}"));
        followed.Writes("old\n" + end);

        followed.Replaces("new\n" + end);

        Assert.Equal($"old\n{end}new\n", followed.Ended());
    }

    [Fact]
    public void A_line_that_stands_there_twice_is_given_twice_and_no_more_when_the_file_is_written_anew()
    {
        using var followed = new Followed();
        followed.Writes("same\nsame\n");

        followed.Writes("same\nsame\nother\nsame\n");
        followed.Writes("same\n");
        followed.Writes("same\nsame\nsame\nother\n");

        Assert.Equal("same\nsame\nother\nsame\n", followed.Ended());
    }

    [Fact]
    public void A_half_written_last_line_waits_for_its_end_also_when_the_file_is_written_anew()
    {
        using var followed = new Followed();
        followed.Writes("{\"a\":1}\n{\"a\":");
        Assert.Equal("{\"a\":1}\n", followed.SoFar());

        followed.Writes("{\"a\":1}\n{\"a\":2");
        Assert.Equal("{\"a\":1}\n", followed.SoFar());
        followed.Appends("}");

        Assert.Equal("{\"a\":1}\n{\"a\":2}\n", followed.Ended());
    }

    [Fact]
    public void Records_that_are_no_JSON_pass_as_they_are_once()
    {
        using var followed = new Followed();
        string[] records = ["{\"loss\":NaN}", "{\"loss\":-Infinity}", "", "oops", "with a return\r", "\u00FC"];
        followed.Writes(Lines(records[..3]));

        followed.Writes(Lines(records));

        Assert.Equal(Lines(records), followed.Ended());
    }

    [Fact]
    public void A_file_that_is_away_for_a_while_goes_on_where_it_was()
    {
        using var followed = new Followed();
        followed.Writes("a\nb\n");

        followed.Removes();
        followed.Writes("a\nb\nc\n");

        Assert.Equal("a\nb\nc\n", followed.Ended());
    }

    [Fact]
    public void A_line_longer_than_any_record_is_left_out_whole()
    {
        using var followed = new Followed();

        followed.Writes("a\n" + new string('x', 600_000) + "\nb\n");

        Assert.Equal("a\nb\n", followed.Ended());
    }

    [Fact]
    public void A_file_of_more_lines_than_are_remembered_is_followed_while_it_grows_and_no_more_when_it_is_written_anew()
    {
        using var followed = new Followed();
        var lines = Lines(Enumerable.Range(1, 500_001).Select(i => $"{i}"));
        followed.Writes(lines);
        followed.Appends("more\n");

        followed.Writes("anew\n");
        followed.Appends("and on\n");

        Assert.Equal(lines + "more\n", followed.Ended());
        Assert.Contains("more than 500,000 different lines", Assert.Single(followed.Told));
    }

    private static MetricsTail Follow(string file, Spool spool) =>
        new(() => RegularFile.TryOpen(file), spool.Append, TimeProvider.System, _ => { });

    private static string Lines(IEnumerable<string> lines) => string.Concat(lines.Select(line => line + "\n"));

    private static string Text(Spool spool)
    {
        var buffer = new byte[spool.Length];
        return System.Text.Encoding.UTF8.GetString(buffer, 0, spool.Read(0, buffer));
    }

    /// <summary>A file that is looked at after each change.</summary>
    private sealed class Followed : IDisposable
    {
        private readonly TemporaryFolder _folder = new();
        private readonly Spool _spool;
        private readonly MetricsTail _tail;

        public Followed()
        {
            _spool = new Spool(_folder.File("spool"));
            _tail = new MetricsTail(() => RegularFile.TryOpen(File), _spool.Append, TimeProvider.System, Told.Add);
        }

        public List<string> Told { get; } = [];

        private string File => _folder.File("metrics.txt");

        public void Writes(string text) => Change(() => System.IO.File.WriteAllText(File, text));

        public void Appends(string text) => Change(() => System.IO.File.AppendAllText(File, text));

        public void Removes() => Change(() => System.IO.File.Delete(File));

        public void Replaces(string text) =>
            Change(() => System.IO.File.Move(_folder.Write("next", text), File, overwrite: true));

        public string SoFar() => Text(_spool);

        public string Ended()
        {
            _tail.Advance(atEnd: true);
            return SoFar();
        }

        public void Dispose()
        {
            _spool.Dispose();
            _folder.Dispose();
        }

        private void Change(Action change)
        {
            change();
            _tail.Advance(atEnd: false);
        }
    }
}
