using Trainyard.Agent.Files;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests;

/// <summary>What files take that have other links: the data that runs share with the node's cache.</summary>
public sealed class DiskUseTests
{
    [Fact]
    public void A_file_with_two_links_is_counted_in_full_in_halves_and_as_nothing_to_get_back()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("first/data", new string('x', 1_000_000));
        var other = Path.Combine(folder.Folder("second"), "data");
        var before = TreeSize.Of(folder.Path, default);

        Assert.True(FileCalls.Link(file, other));

        var after = TreeSize.Of(folder.Path, default);
        var bytes = after.Bytes - before.Bytes;
        Assert.InRange(bytes, 1_000_000, 1_100_000);
        Assert.Equal(before.Share, after.Share);
        Assert.Equal(before.Sole - bytes, after.Sole);
        var half = TreeSize.Of(Path.GetDirectoryName(other)!, default);
        Assert.Equal(bytes / 2, half.Share - half.Sole);

        File.Delete(file);
        Assert.Equal(before, TreeSize.Of(folder.Path, default));
    }
}
