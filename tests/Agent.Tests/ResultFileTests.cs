using FsCheck;
using FsCheck.Fluent;
using Trainyard.Agent.Settings;
using Trainyard.Agent.Verbs;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests;

/// <summary>What of a results folder is staged, whatever a command put there.</summary>
public sealed class ResultFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _skipped = [];

    private string Root => _folder.Folder("results");

    [Fact]
    public void Regular_files_of_all_folders_are_found_even_unreadable_ones()
    {
        _folder.Write("results/model/weights", "w");
        var secret = _folder.Write("results/locked/deep/file", "x");
        File.SetUnixFileMode(secret, UnixFileMode.None);
        File.SetUnixFileMode(Path.GetDirectoryName(secret)!, UnixFileMode.None);
        _folder.Folder("results/empty");

        Assert.Equal(["p/locked/deep/file", "p/model/weights"], Found("p/"));
        Assert.Empty(_skipped);
    }

    [Fact]
    public void Links_that_stay_inside_are_followed_as_the_command_saw_them_and_others_are_skipped()
    {
        _folder.Write("outside", "secret");
        _folder.Write("results/model/weights", "w");
        Link("inside", "model/weights");
        Link("model/absolute", "/job/out/model/weights");
        Link("model/twice", "../inside");
        Link("up", "../outside");
        Link("host", Path.Combine(_folder.Path, "outside"));
        Link("passwd", "/etc/passwd");
        Link("loop", "loop");
        Link("nowhere", "model/none");
        Link("folder", "model");

        Assert.Equal(["inside", "model/absolute", "model/twice", "model/weights"], Found(""));
        Assert.Equal(6, _skipped.Count);
        Assert.Contains("Did not store 'folder': it is a link to a folder.", _skipped);
    }

    [Fact]
    public async Task Pipes_and_names_that_no_bucket_takes_are_skipped_with_a_line()
    {
        _folder.Write("results/good", "g");
        _folder.Write("results/back\\slash", "b");
        _folder.Write("results/new\nline", "n");
        await using var fifo = ChildProcess.Start("mkfifo", [Path.Combine(Root, "pipe")]);
        await fifo.WaitForExit(TimeSpan.FromSeconds(10));

        Assert.Equal(["good"], Found(""));
        Assert.Contains("Did not store 'new?line': its name is not possible in a bucket.", _skipped);
        Assert.Equal(3, _skipped.Count);
    }

    [Fact]
    public void No_web_of_links_leads_out_of_the_folder()
    {
        string[] names = ["a", "b", "c", "d/e", "d/f"];
        string[] targets =
        [
            "a",
            "b",
            "../a",
            "d",
            "d/e",
            "../d/f",
            "/job/out/c",
            "/job/out",
            "/job/outer",
            "..",
            "../..",
            "/",
            "/etc/passwd",
            ".",
        ];
        var webs = Gen.Elements(targets).ArrayOf(names.Length);
        Prop.ForAll(
                webs.ToArbitrary(),
                Gen.Elements(names).SelectMany(n => Gen.Elements(targets).Select(t => $"{n}/{t}")).ToArbitrary(),
                (web, path) =>
                {
                    var root = Directory.CreateTempSubdirectory("trainyard-").FullName;
                    try
                    {
                        Directory.CreateDirectory(Path.Combine(root, "d"));
                        foreach (var (name, target) in names.Zip(web))
                        {
                            File.CreateSymbolicLink(Path.Combine(root, name), target);
                        }
                        var end = new ResultLinks(root, "/job/out").Resolve(path);
                        // What it found is itself, with no link on the way and inside the root.
                        return end is null
                            || (
                                !end.Split('/').Contains("..")
                                && Path.Combine(root, end).StartsWith(root, StringComparison.Ordinal)
                                && new FileInfo(Path.Combine(root, end)).LinkTarget is null
                            );
                    }
                    finally
                    {
                        Directory.Delete(root, recursive: true);
                    }
                }
            )
            .QuickCheckThrowOnFailure();
    }

    public void Dispose() => _folder.Dispose();

    private IEnumerable<string> Found(string prefix) =>
        new ResultScan(Root, "/job/out", prefix, new ResultQuota(new AgentOptions()), new SkippedLines(_skipped.Add))
            .Run()
            .Select(f => f.Path);

    private void Link(string name, string target) => File.CreateSymbolicLink(_folder.File("results/" + name), target);
}
