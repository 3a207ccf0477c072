using Trainyard.Agent.Files;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests;

/// <summary>A folder goes, whatever a command left in it.</summary>
public sealed class TreeRemovalTests
{
    [Fact]
    public async Task Depth_bytes_of_names_modes_and_kinds_do_not_matter()
    {
        using var temporary = new TemporaryFolder();
        var folder = temporary.Folder("attempt");
        var outside = temporary.Write("outside/kept", "x");
        await ShellAsync(
            folder,
            """
            mkfifo pipe; ln -s ../outside link; ln -s none dangling; echo x >$'\xff\xfe'
            mkdir -p shut/in/wide; echo x >shut/in/file; for i in $(seq 300); do mkdir shut/in/wide/$i; done; chmod 000 shut/in shut
            mkdir unwritable; echo x >unwritable/x; mkdir unwritable/y; chmod 500 unwritable
            mkdir -p removed-1/removed-2/removed-3; echo x >removed-1/removed-2/x
            for i in $(seq 400); do mkdir dddddddddddddddddddd; cd dddddddddddddddddddd; done; echo x >deep
            """
        );

        Assert.True(TreeRemoval.TryRemove(folder));

        Assert.False(Path.Exists(folder));
        Assert.True(File.Exists(outside));
    }

    [Fact]
    public void What_is_not_there_is_gone_and_a_link_in_its_place_is_not_followed()
    {
        using var temporary = new TemporaryFolder();
        var kept = temporary.Write("outside/kept", "x");
        var link = temporary.File("attempt");
        File.CreateSymbolicLink(link, Path.GetDirectoryName(kept)!);

        Assert.True(TreeRemoval.TryRemove(link));
        Assert.True(TreeRemoval.TryRemove(link));

        Assert.False(Path.Exists(link));
        Assert.True(File.Exists(kept));
    }

    [RequiresSmallDiskFact]
    public void Another_disk_mounted_inside_is_left_alone_and_told()
    {
        using var temporary = new TemporaryFolder();
        var folder = temporary.Folder("attempt");
        temporary.Write("attempt/a/file", "x");
        using var disk = SmallDisk.Mount(Path.Combine(folder, "a", "b", "mounted"), 1);
        File.WriteAllText(Path.Combine(disk.Folder, "kept"), "x");

        Assert.False(TreeRemoval.TryRemove(folder));

        var left = Assert.Single(Directory.GetFiles(folder, "*", SearchOption.AllDirectories));
        disk.Folder = Path.GetDirectoryName(left)!;
        Assert.EndsWith("/mounted/kept", left);
    }

    private static async Task ShellAsync(string folder, string script)
    {
        await using var shell = ChildProcess.Start("bash", ["-ec", script], workingDirectory: folder);
        Assert.Equal(0, await shell.WaitForExit(TimeSpan.FromSeconds(30)));
    }
}
