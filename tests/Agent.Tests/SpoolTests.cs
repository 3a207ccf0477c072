using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Trainyard.Agent.Verbs;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests;

/// <summary>A spool takes everything at any time, and leaves out no more than it must.</summary>
public sealed class SpoolTests
{
    [Fact]
    public void Of_what_finds_no_room_the_last_bytes_are_kept_in_order() =>
        Prop.ForAll(
                Gen.Choose(0, 90_000).ListOf().ToArbitrary(),
                lengths =>
                {
                    var gap = new OverflowBuffer();
                    var all = new List<byte>();
                    foreach (var length in lengths)
                    {
                        var bytes = Enumerable.Range(all.Count, length).Select(i => (byte)(i % 251)).ToArray();
                        all.AddRange(bytes);
                        gap.Add(bytes);
                    }
                    return gap.End().AsSpan().SequenceEqual(all.TakeLast(OverflowBuffer.Kept).ToArray())
                        && gap.Lost == Math.Max(0, all.Count - OverflowBuffer.Kept)
                        && gap.IsEmpty == (all.Count == 0);
                }
            )
            .QuickCheckThrowOnFailure();

    [RequiresSmallDiskFact]
    public void A_full_disk_leaves_a_line_where_bytes_are_missing_and_writing_goes_on_when_it_has_room()
    {
        using var temporary = new TemporaryFolder();
        using var disk = SmallDisk.Mount(temporary.Folder("disk"), 2);
        using var spool = new Spool(Path.Combine(disk.Folder, "spool"));
        spool.AppendLine("first");
        var filler = disk.Fill(0);
        for (var i = 0; i < 20_000; i++)
        {
            spool.AppendLine($"line {i}");
        }
        File.Delete(filler);
        spool.AppendLine("last");
        spool.Complete();

        var text = Text(spool);
        Assert.True(spool.LackedRoom);
        Assert.StartsWith("first\nline 0\n", text);
        Assert.Single(
            text.Split('\n'),
            l => l.EndsWith(" bytes are left out here: the node's disk was full.]", StringComparison.Ordinal)
        );
        Assert.EndsWith("line 19998\nline 19999\nlast\n", text);
    }

    [RequiresSmallDiskFact]
    public async Task What_finds_no_room_to_the_end_is_read_from_memory()
    {
        using var temporary = new TemporaryFolder();
        using var disk = SmallDisk.Mount(temporary.Folder("disk"), 2);
        using var spool = new Spool(Path.Combine(disk.Folder, "spool"));
        disk.Fill(0);
        spool.AppendLine("the only line");
        Assert.Equal(0, spool.Length);

        spool.Complete();

        Assert.True(await spool.WaitBeyondAsync(0, CancellationToken.None));
        Assert.Equal("the only line\n", Text(spool));
    }

    private static string Text(Spool spool)
    {
        var bytes = new byte[spool.Length];
        for (var read = 0; read < bytes.Length; )
        {
            read += spool.Read(read, bytes.AsSpan(read));
        }
        return Encoding.UTF8.GetString(bytes);
    }
}
