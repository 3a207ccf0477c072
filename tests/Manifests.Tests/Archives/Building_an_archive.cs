using Trainyard.Manifests.Archives;

namespace Trainyard.Manifests.Tests.Archives;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class Building_an_archive : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task The_same_files_give_the_same_bytes_whenever_they_were_written()
    {
        using var other = new TempFolder();
        foreach (var (folder, order) in new[] { (_temp, "b.py a/x.txt"), (other, "a/x.txt b.py") })
        {
            foreach (var name in order.Split(' '))
            {
                File.SetLastWriteTimeUtc(
                    folder.File(name, $"content of {name}"),
                    DateTime.UnixEpoch.AddDays(Random.Shared.Next(10_000))
                );
            }
        }

        Assert.Equal(await Build(_temp.Path), await Build(other.Path));
    }

    [Fact]
    public async Task It_leaves_out_what_is_never_code_and_what_the_ignore_file_lists()
    {
        _temp.File(".git/config");
        _temp.File("train.py");
        _temp.File("pkg/__pycache__/m.pyc");
        _temp.File("pkg/m.py");
        _temp.File("data/big.bin");
        _temp.File("notes.tmp");
        _temp.File("keep.tmp");
        _temp.File(".mlignore", "# comment\n*.tmp\n!keep.tmp\r\n/data/\n");

        var inspection = await ModelArchive.InspectAsync(new MemoryStream(await Build(_temp.Path)));

        Assert.Empty(inspection.Errors);
        Assert.Equal(["keep.tmp", "pkg/m.py", "train.py"], inspection.FileNames);
    }

    [Fact]
    public async Task It_says_what_it_left_out_and_does_not_follow_links()
    {
        _temp.File("train.py");
        File.CreateSymbolicLink(Path.Combine(_temp.Path, "link"), "/etc/passwd");
        _temp.File("__pycache__/x.pyc");

        var build = await ArchiveBuilder.FromFolderAsync(_temp.Path, new MemoryStream());

        Assert.Equal(new[] { "__pycache__", "link" }, build.LeftOut);
        Assert.Equal((1, 1L), (build.Files, build.Bytes));
    }

    [Fact]
    public async Task What_it_builds_unpacks_to_the_same_files()
    {
        var program = _temp.File("src/run.sh", "#!/bin/sh\necho hello");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var target = Path.Combine(_temp.Path, "..", Path.GetFileName(_temp.Path) + "-out");
        try
        {
            await ModelArchive.ExtractAsync(new MemoryStream(await Build(_temp.Path)), target);
            var run = Path.Combine(target, "src/run.sh");
            Assert.Equal("#!/bin/sh\necho hello", await File.ReadAllTextAsync(run));
            Assert.True(File.GetUnixFileMode(run).HasFlag(UnixFileMode.UserExecute));
        }
        finally
        {
            Directory.Delete(target, recursive: true);
        }
    }

    [Theory]
    [InlineData("*.log", "a/b/x.log", true)]
    [InlineData("/x.log", "a/x.log", false)]
    [InlineData("a/*.log", "a/x.log", true)]
    [InlineData("a/*.log", "a/b/x.log", false)]
    [InlineData("a/**", "a/b/x.log", true)]
    [InlineData("**/x.log", "a/b/x.log", true)]
    [InlineData("?.py", "ab.py", false)]
    [InlineData("out/", "out", false)]
    [InlineData("x.(py", "x.(py", true)]
    public void Patterns_mean_what_they_mean_in_gitignore(string pattern, string path, bool ignored) =>
        Assert.Equal(ignored, IgnorePatterns.Parse(pattern).Ignores(path, isFolder: false));

    private static async Task<byte[]> Build(string folder)
    {
        var output = new MemoryStream();
        await ArchiveBuilder.FromFolderAsync(folder, output);
        return output.ToArray();
    }
}
