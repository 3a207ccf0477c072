using System.IO.Compression;
using System.Net.Sockets;
using Trainyard.Cli.Tests.Fakes;
using Trainyard.Manifests.Archives;
using Trainyard.Tests.Shared;

namespace Trainyard.Cli.Tests;

/// <summary>What of a model's folder is sent, and what is said about the rest.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class FolderPackingTests : IDisposable
{
    private readonly TemporaryFolder _files = new();

    public FolderPackingTests() => _files.Write("m.yaml", "name: x\n");

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task The_same_files_give_the_same_bytes_whenever_and_in_whatever_order_they_were_written()
    {
        foreach (var (folder, names) in new[] { ("one", "b.py a/x.txt"), ("two", "a/x.txt b.py") })
        {
            foreach (var name in names.Split(' '))
            {
                File.SetLastWriteTimeUtc(
                    _files.Write($"{folder}/{name}", $"content of {name}"),
                    DateTime.UnixEpoch.AddDays(Random.Shared.Next(10_000))
                );
            }
        }

        Assert.Equal((await TrainAsync("one")).Bytes, (await TrainAsync("two")).Bytes);
    }

    [Fact]
    public async Task What_is_never_code_and_what_the_ignore_file_lists_stays_out_without_a_word()
    {
        _files.Write("model/.git/config", "x");
        _files.Write("model/train.py", "x");
        _files.Write("model/pkg/__pycache__/m.pyc", "x");
        _files.Write("model/pkg/m.py", "x");
        _files.Write("model/data/big.bin", "x");
        _files.Write("model/notes.tmp", "x");
        _files.Write("model/keep.tmp", "x");
        _files.Write("model/.mlignore", "# comment\n*.tmp\n!keep.tmp\r\n/data/\n");

        var sent = await TrainAsync("model");

        Assert.Equal(["keep.tmp", "pkg/m.py", "train.py"], sent.Names);
        Assert.Equal((0, ""), (sent.Run.ExitCode, sent.Run.Error));
    }

    [Fact]
    public async Task A_link_to_a_file_is_sent_as_the_file_and_one_that_leads_out_is_told()
    {
        _files.Write("shared/common.py", "common");
        _files.Write("model/train.py", "train");
        Link("model/common.py", "../shared/common.py");
        Link("model/absolute.py", _files.File("shared/common.py"));
        Link("model/again.py", "train.py");

        var sent = await TrainAsync("model");

        Assert.Equal(["absolute.py", "again.py", "common.py", "train.py"], sent.Names);
        Assert.Equal(("common", "train"), (sent.TextOf("common.py"), sent.TextOf("again.py")));
        Assert.Equal(
            [
                $"model: `absolute.py` is a link that leads out of the folder: what is at {_files.File("shared/common.py")} is sent.",
                "model: `common.py` is a link that leads out of the folder: what is at ../shared/common.py is sent.",
            ],
            sent.ErrorLines
        );
    }

    [Fact]
    public async Task A_link_to_a_folder_is_sent_as_the_folder()
    {
        _files.Write("shared/lib/a.py", "a");
        _files.Write("model/train.py", "x");
        Link("model/lib", "../shared/lib");
        Link("model/same", "lib");

        var sent = await TrainAsync("model");

        Assert.Equal(["lib/a.py", "same/a.py", "train.py"], sent.Names);
        Assert.Contains(sent.ErrorLines, line => line.Contains("`lib` is a link that leads out of the folder"));
    }

    [Theory]
    [InlineData("model/loop", ".", "`loop` is left out: it is a link to a folder that it lies in.")]
    [InlineData("model/a/up", "..", "`a/up` is left out: it is a link to a folder that it lies in.")]
    [InlineData("model/self", "self", "`self` is left out: it is a link that leads to itself.")]
    [InlineData("model/gone", "nowhere", "`gone` is left out: it is a link to nowhere, where nothing is.")]
    [InlineData("model/null", "/dev/null", "`null` is left out: it is a device.")]
    public async Task A_link_that_cannot_be_followed_is_left_out_with_a_line(string link, string target, string line)
    {
        _files.Write("model/train.py", "x");
        _files.Write("model/a/b.py", "x");
        Link(link, target);

        var sent = await TrainAsync("model");

        Assert.Equal(["a/b.py", "train.py"], sent.Names);
        Assert.Equal([$"model: {line}"], sent.ErrorLines);
    }

    [Fact]
    public async Task Folders_that_link_to_one_another_end()
    {
        _files.Write("model/a/x.py", "x");
        _files.Write("model/b/y.py", "y");
        Link("model/a/b", "../b");
        Link("model/b/a", "../a");

        var sent = await TrainAsync("model");

        Assert.Equal(["a/b/y.py", "a/x.py", "b/a/x.py", "b/y.py"], sent.Names);
        Assert.Equal(2, sent.ErrorLines.Count(line => line.EndsWith("it is a link to a folder that it lies in.")));
    }

    [Fact]
    public async Task Empty_folders_are_kept()
    {
        _files.Write("model/train.py", "x");
        _files.Folder("model/logs");
        _files.Folder("model/out/deep");

        var sent = await TrainAsync("model");
        await ModelArchive.ExtractAsync(new MemoryStream(sent.Bytes), _files.File("unpacked"));

        Assert.Equal(["logs/", "out/deep/", "train.py"], sent.Names);
        Assert.True(Directory.Exists(_files.File("unpacked/logs")));
        Assert.True(Directory.Exists(_files.File("unpacked/out/deep")));
    }

    [Fact]
    public async Task Pipes_and_sockets_are_left_out_with_a_line_and_nothing_waits_for_them()
    {
        _files.Write("model/train.py", "x");
        await using var fifo = ChildProcess.Start("mkfifo", [_files.File("model/pipe")]);
        Assert.Equal(0, await fifo.WaitForExit(TimeSpan.FromSeconds(30)));
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_files.File("model/socket")));

        var sent = await TrainAsync("model");

        Assert.Equal(["train.py"], sent.Names);
        Assert.Equal(
            ["model: `pipe` is left out: it is a pipe.", "model: `socket` is left out: it is a socket."],
            sent.ErrorLines
        );
    }

    [Fact]
    public async Task A_name_that_is_not_utf_8_is_told()
    {
        _files.Write("model/train.py", "x");
        // A program that does not go by texts makes it.
        await using var touch = ChildProcess.Start("bash", ["-c", $"touch '{_files.File("model")}'/$'bad\\xff'"]);
        Assert.Equal(0, await touch.WaitForExit(TimeSpan.FromSeconds(30)));

        var sent = await TrainAsync("model");
        await using var remove = ChildProcess.Start("rm", ["-r", _files.File("model")]);
        Assert.Equal(0, await remove.WaitForExit(TimeSpan.FromSeconds(30)));

        Assert.Equal(["train.py"], sent.Names);
        Assert.Equal(
            ["model: `bad\uFFFD` is left out: its name is not UTF-8, or it has just been deleted."],
            sent.ErrorLines
        );
    }

    [Fact]
    public async Task As_json_the_same_is_said_in_objects()
    {
        _files.Write("model/train.py", "x");
        Link("model/gone", "nowhere");

        var sent = await TrainAsync("model", "--output", "json");

        Assert.Equal(
            ["""{"note":"model: `gone` is left out: it is a link to nowhere, where nothing is."}"""],
            sent.ErrorLines
        );
    }

    [Fact]
    public async Task Programs_stay_programs()
    {
        var program = _files.Write("model/src/run.sh", "#!/bin/sh\necho hello");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _files.Write("model/train.py", "x");

        var sent = await TrainAsync("model");
        await ModelArchive.ExtractAsync(new MemoryStream(sent.Bytes), _files.File("unpacked"));

        Assert.Equal("#!/bin/sh\necho hello", File.ReadAllText(_files.File("unpacked/src/run.sh")));
        Assert.True(File.GetUnixFileMode(_files.File("unpacked/src/run.sh")).HasFlag(UnixFileMode.UserExecute));
        Assert.False(File.GetUnixFileMode(_files.File("unpacked/train.py")).HasFlag(UnixFileMode.UserExecute));
    }

    [Fact]
    public async Task A_file_that_grows_while_it_is_packed_has_an_end()
    {
        var growing = _files.Write("model/growing.log", new string('x', 1_000_000));
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(
            async () =>
            {
                await using var log = new FileStream(growing, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
                while (!stop.IsCancellationRequested && log.Length < 64 << 20)
                {
                    log.Write(new byte[1 << 20]);
                }
            },
            CancellationToken.None
        );

        var sent = await TrainAsync("model");
        await stop.CancelAsync();
        await writer;

        Assert.Equal((0, ""), (sent.Run.ExitCode, sent.Run.Error));
        Assert.StartsWith(new string('x', 1_000_000), sent.TextOf("growing.log"));
    }

    [Fact]
    public async Task A_pipe_in_the_place_of_the_model_is_refused()
    {
        await using var fifo = ChildProcess.Start("mkfifo", [_files.File("model.zip")]);
        Assert.Equal(0, await fifo.WaitForExit(TimeSpan.FromSeconds(30)));

        var sent = await TrainAsync("model.zip");

        Assert.Equal(5, sent.Run.ExitCode);
        Assert.StartsWith("error: 'model.zip' is a pipe or a device", sent.Run.Error);
    }

    [Theory]
    [InlineData("/nonexistent/tmp")]
    [InlineData("/dev/null")]
    public async Task Without_a_temporary_folder_the_sentence_says_what_to_set(string folder)
    {
        _files.Write("model/train.py", "x");

        var sent = await TrainWithAsync(new() { ["TMPDIR"] = folder }, "model");

        Assert.Equal(5, sent.Run.ExitCode);
        Assert.StartsWith($"error: The folder cannot be packed in the temporary folder '{folder}' (", sent.Run.Error);
        Assert.EndsWith("): set TMPDIR to a folder with room, or give a zip instead.\n", sent.Run.Error);
        Assert.Single(sent.ErrorLines);
    }

    [Fact]
    public async Task A_folder_with_more_than_any_service_takes_is_refused_before_it_is_packed()
    {
        _files.Write("model/train.py", "x");
        foreach (var name in new[] { "a.bin", "b.bin" })
        {
            // Sparse: it takes no room.
            await using var file = File.Create(_files.File($"model/data-{name}"));
            file.SetLength(name == "a.bin" ? 3L << 40 : 2L << 40);
        }

        var sent = await TrainAsync("model");

        Assert.Equal(5, sent.Run.ExitCode);
        Assert.Equal(
            "error: The model has more than 4.4 TB, of which `data-a.bin` has 3.3 TB: list in .mlignore what is not code. Data belongs in a bucket.\n",
            sent.Run.Error
        );
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
        Assert.Equal(ignored, Packing.IgnorePatterns.Parse(pattern).Ignores(path, isFolder: false));

    private void Link(string path, string target) => File.CreateSymbolicLink(_files.File(path), target);

    private Task<SentFolder> TrainAsync(string model, params string[] options) => TrainWithAsync([], model, options);

    private async Task<SentFolder> TrainWithAsync(
        Dictionary<string, string> more,
        string model,
        params string[] options
    )
    {
        await using var service = await FakeService.StartAsync();
        service.Answer("POST /v3/models", DocumentedRuns.Pending(), 202);
        var variables = BxRun.Variables(service);
        variables["PWD"] = _files.Path;
        foreach (var (name, value) in more)
        {
            variables[name] = value;
        }
        var run = await BxRun.WithAsync(variables, ["ml", "train", model, "m.yaml", .. options]);
        return new SentFolder(run, service.Received.SingleOrDefault()?.Parts[1].Bytes ?? []);
    }

    private sealed record SentFolder(BxRun Run, byte[] Bytes)
    {
        public IEnumerable<string> Names => Open().Entries.Select(e => e.FullName);

        public string[] ErrorLines => Run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        public string TextOf(string name)
        {
            using var reader = new StreamReader(Open().GetEntry(name)!.Open());
            return reader.ReadToEnd();
        }

        private ZipArchive Open() => new(new MemoryStream(Bytes));
    }
}
