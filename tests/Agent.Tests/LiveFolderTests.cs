using Trainyard.Agent.Checkpoints;
using Trainyard.Agent.Files;
using Trainyard.Agent.Verbs;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests;

/// <summary>What is read of a folder that a command may be changing at the same moment.</summary>
public sealed class LiveFolderTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    private string Root => _temporary.Folder("checkpoints");

    [Fact]
    public void Files_and_links_to_files_inside_are_listed_by_their_paths()
    {
        _temporary.Write("checkpoints/deep/a", "a");
        _temporary.Write("checkpoints/back\\slash", "b");
        _temporary.Write("outside", "secret");
        Link("last", "/job/out/deep/a");
        Link("folder", "deep");
        Link("host", "../outside");

        var folder = new LiveFolder(Root, "/job/out");

        Assert.Equal(["deep/a", "last"], folder.List().Where(f => Opens(folder, f)).Select(f => f.Path));
    }

    [Fact]
    public void A_folder_that_became_a_link_after_it_was_listed_leads_nowhere()
    {
        _temporary.Write("outside/a", "secret");
        _temporary.Write("checkpoints/deep/a", "a");
        var folder = new LiveFolder(Root, Root);
        var listed = Assert.Single(folder.List());

        Directory.Move(Path.Combine(Root, "deep"), Path.Combine(Root, "other"));
        Link("deep", Path.Combine(_temporary.Path, "outside"));

        Assert.False(Opens(folder, listed));
        Assert.True(Opens(folder, listed with { Source = Path.Combine(Root, "other", "a") }));
    }

    [Fact]
    public void The_folder_itself_cannot_be_swapped_either()
    {
        _temporary.Write("outside/a", "secret");
        var root = Root;
        var folder = new LiveFolder(root, root);

        Directory.Delete(root);
        Directory.CreateSymbolicLink(root, Path.Combine(_temporary.Path, "outside"));

        Assert.DoesNotContain(folder.List(), f => Opens(folder, f));
    }

    [Fact]
    public void A_folder_that_is_gone_has_no_files()
    {
        var folder = new LiveFolder(Root, Root);
        Directory.Delete(Root);

        Assert.Empty(folder.List());
    }

    [Fact]
    public async Task A_file_that_is_written_to_while_it_is_copied_is_not_taken()
    {
        var path = _temporary.Write("checkpoints/a", new string('a', 100));
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var copy = new PrivateCopy(_temporary.File("copy"));
        var look = FileStamp.Of(file);
        Assert.NotNull(await copy.MakeAsync(file, look, CancellationToken.None));

        await File.AppendAllTextAsync(path, "b");
        Assert.Null(await copy.MakeAsync(file, look, CancellationToken.None));
        await File.WriteAllTextAsync(path, "c");
        Assert.Null(await copy.MakeAsync(file, look, CancellationToken.None));
    }

    public void Dispose() => _temporary.Dispose();

    private static bool Opens(LiveFolder folder, FoundFile file)
    {
        using var handle = folder.TryOpen(file);
        return handle is not null;
    }

    private void Link(string name, string target) => File.CreateSymbolicLink(Path.Combine(Root, name), target);
}
