using FsCheck;
using FsCheck.Fluent;
using Trainyard.Agent.Verbs;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests;

/// <summary>The metrics file is followed by whole lines.</summary>
public sealed class MetricsTails
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
                    var tail = new MetricsTail(file, spool, TimeProvider.System);
                    foreach (var part in parts)
                    {
                        File.AppendAllText(file, part);
                        tail.Advance(atEnd: false);
                        var so = Text(spool);
                        if (so.Length > 0 && so[^1] != '\n')
                            return false;
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

        new MetricsTail(file, spool, TimeProvider.System).Advance(atEnd: true);

        Assert.Equal(0, spool.Length);
    }

    [Fact]
    public void A_file_that_began_anew_is_read_anew()
    {
        using var folder = new TemporaryFolder();
        using var spool = new Spool(folder.File("spool"));
        var file = folder.Write("metrics.txt", "first line\n");
        var tail = new MetricsTail(file, spool, TimeProvider.System);
        tail.Advance(atEnd: false);
        File.WriteAllText(file, "next\n");

        tail.Advance(atEnd: false);

        Assert.Equal("first line\nnext\n", Text(spool));
    }

    private static string Text(Spool spool)
    {
        var buffer = new byte[spool.Length];
        return System.Text.Encoding.UTF8.GetString(buffer, 0, spool.Read(0, buffer));
    }
}
