using Trainyard.Cli.Tests.Fakes;
using Trainyard.Contracts;
using Trainyard.Tests.Shared;

namespace Trainyard.Cli.Tests;

/// <summary><c>bx</c> where its streams, its folders or its shell are not as usual.</summary>
public sealed class OutputTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private readonly TemporaryFolder _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("ml version >/dev/full", "error: Standard output cannot be written: No space left on device.")]
    [InlineData("ml help >/dev/full", "error: Standard output cannot be written: No space left on device.")]
    [InlineData(
        "ml list training-runs >/dev/full",
        "error: Standard output cannot be written: No space left on device."
    )]
    [InlineData("ml version >&-", "error: Standard output cannot be written: it is closed.")]
    [InlineData(
        "ml version -o json >&-",
        """{"type":"about:blank","title":"The command failed.","status":0,"code":"unwritable_output","detail":"Standard output"""
    )]
    public async Task Output_that_cannot_be_written_is_one_sentence_and_a_code(string command, string error)
    {
        await using var service = await StartAsync();

        await using var shell = Start(service, $"$bx {command}; echo $?");

        Assert.Equal(0, await shell.WaitForExit(Soon));
        Assert.Equal("5", Assert.Single(shell.OutputLines));
        Assert.StartsWith(error, Assert.Single(shell.ErrorLines));
    }

    [Theory]
    [InlineData("ml list training-runs -o xml 2>/dev/full", "2")]
    [InlineData("ml list training-runs -o xml 2>&-", "2")]
    [InlineData("ml list training-runs -o xml >&- 2>&- <&-", "2")]
    [InlineData("ml secrets add x user_name <&-", "5")]
    [InlineData("ml secrets add x user_name=- </dev/zero", "5")]
    [InlineData("ml validate /dev/zero", "5")]
    public async Task A_stream_that_is_not_there_or_has_no_end_is_no_reason_to_wait_or_to_break(
        string command,
        string code
    )
    {
        await using var service = await StartAsync();

        await using var shell = Start(service, $"$bx {command}; echo $?");

        Assert.Equal(0, await shell.WaitForExit(Soon));
        Assert.Equal(code, shell.OutputLines[^1]);
        Assert.DoesNotContain(shell.Lines, line => line.Contains("Unhandled exception"));
    }

    [Fact]
    public async Task A_reader_that_has_gone_ends_a_command_without_a_word()
    {
        await using var service = await StartAsync();

        await using var shell = Start(service, "$bx ml list training-runs | true; echo ${PIPESTATUS[0]}");

        Assert.Equal(0, await shell.WaitForExit(Soon));
        Assert.Contains(Assert.Single(shell.Lines), new[] { "141", "0" });
    }

    [Theory]
    [InlineData("ml monitor training-runs training-DOl4q2LkR")]
    [InlineData("ml monitor training-runs training-DOl4q2LkR logs")]
    [InlineData("ml monitor training-runs training-DOl4q2LkR -o json")]
    public async Task A_reader_that_has_gone_ends_the_following_of_a_silent_run(string command)
    {
        await using var service = await StartAsync();
        service.Streams.Add(EventScript.From().Status("PROCESSING", 1).Log("one\ntwo\n").StayOpen());

        await using var shell = Start(service, $"$bx {command} | head -1; echo ${{PIPESTATUS[0]}}");

        Assert.Equal(0, await shell.WaitForExit(Soon));
        Assert.Equal(2, shell.Lines.Count);
        Assert.Equal("141", shell.Lines[1]);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    public async Task A_signal_in_the_middle_of_an_upload_leaves_nothing_behind(string signal, int code)
    {
        await using var service = await FakeService.StartAsync();
        var arrived = new TaskCompletionSource();
        service.Answers["POST /v3/models"] = async context =>
        {
            arrived.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        };
        _files.Write("model/train.py", "x");
        var manifest = _files.Write("m.yaml", "name: x\n");
        var temporary = _files.Folder("tmp");

        await using var bx = ChildProcess.Start(
            "dotnet",
            [Program, "ml", "train", _files.File("model"), manifest],
            Variables(service, ("TMPDIR", temporary))
        );
        await arrived.Task.WaitAsync(Soon);
        bx.Signal(signal);

        Assert.Equal(code, await bx.WaitForExit(Soon));
        Assert.Empty(Directory.EnumerateFiles(temporary, "*.zip"));
        Assert.Equal(["Starting to train ..."], bx.Lines);
    }

    [Fact]
    public async Task Not_even_a_killed_command_leaves_the_model_in_the_temporary_folder()
    {
        await using var service = await FakeService.StartAsync();
        var arrived = new TaskCompletionSource();
        service.Answers["POST /v3/models"] = context =>
        {
            arrived.TrySetResult();
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        _files.Write("model/train.py", "x");
        var temporary = _files.Folder("tmp");

        await using var bx = ChildProcess.Start(
            "dotnet",
            [Program, "ml", "train", _files.File("model"), _files.Write("m.yaml", "name: x\n")],
            Variables(service, ("TMPDIR", temporary))
        );
        await arrived.Task.WaitAsync(Soon);
        bx.Kill();
        await bx.WaitForExit(Soon);

        Assert.Empty(Directory.EnumerateFiles(temporary, "*.zip"));
    }

    [Fact]
    public async Task Ctrl_C_ends_the_waiting_for_standard_input()
    {
        await using var service = await StartAsync();
        await using var bx = ChildProcess.Start(
            "dotnet",
            [Program, "ml", "secrets", "add", "lab", "user_name"],
            Variables(service)
        );
        await Eventually.Be("it reads standard input", () => ReadsInput(bx.Id), Soon);
        bx.Signal("INT");

        Assert.Equal(130, await bx.WaitForExit(Soon));
    }

    [Theory]
    [InlineData("mkdir gone && cd gone && rmdir ../gone && $bx ml version >/dev/null; echo $?", "0")]
    [InlineData("mkdir gone && cd gone && rmdir ../gone && $bx ml validate m.yml; echo $?", "5")]
    [InlineData("HOME=/nonexistent $bx ml list training-runs >/dev/null; echo $?", "0")]
    [InlineData("TERM=nonsense LANG=xx_YY.nonsense $bx ml version >/dev/null; echo $?", "0")]
    public async Task Odd_surroundings_are_no_reason_to_break(string script, string code)
    {
        await using var service = await StartAsync();

        await using var shell = Start(service, script);

        Assert.Equal(0, await shell.WaitForExit(Soon));
        Assert.Equal(code, shell.OutputLines[^1]);
        Assert.DoesNotContain(shell.Lines, line => line.Contains("Unhandled exception") || line.Contains("   at "));
    }

    [Theory]
    [InlineData("")]
    [InlineData("--force")]
    public async Task A_manifest_that_does_not_fit_on_the_disk_leaves_nothing_and_takes_nothing(string option)
    {
        await using var service = await StartAsync();
        var mine = option.Length > 0 ? "echo mine >training-runs.yml;" : "";

        await using var shell = StartOnFullDisk(
            service,
            $"{mine} {Fill}; $bx ml generate-manifest training-runs {option}; echo $?; rm filler; cat * 2>/dev/null; true"
        );

        Assert.Equal(0, await shell.WaitForExit(Soon));
        Assert.Equal(option.Length > 0 ? ["5", "mine"] : ["5"], shell.OutputLines);
        Assert.Contains(
            $"error: 'training-runs.yml' cannot be written in '{Disk}': No space left on device.",
            shell.ErrorLines
        );
    }

    [Fact]
    public async Task A_model_that_does_not_fit_into_the_temporary_folder_is_one_sentence()
    {
        await using var service = await StartAsync();
        File.WriteAllBytes(
            _files.File("model/noise"),
            System.Security.Cryptography.RandomNumberGenerator.GetBytes(200_000)
        );
        var manifest = _files.Write("m.yml", "name: x");

        await using var shell = StartOnFullDisk(
            service,
            $"TMPDIR=$PWD $bx ml train {_files.File("model")} {manifest}; echo $?; ls"
        );

        Assert.Equal(0, await shell.WaitForExit(Soon));
        Assert.Equal(["Starting to train ...", "5"], shell.OutputLines);
        Assert.Equal(
            $"error: The folder cannot be packed in the temporary folder '{Disk}' (No space left on device): set TMPDIR to a "
                + "folder with room, or give a zip instead.",
            Assert.Single(shell.ErrorLines)
        );
        Assert.Empty(service.Received);
    }

    [Theory]
    [InlineData("chmod 000 model/secret.bin", "'secret.bin' of the model cannot be read (")]
    [InlineData("chmod 000 model/closed", "'closed' of the model cannot be read (")]
    [InlineData("chmod 444 model/closed", "'closed' of the model cannot be read (")]
    [InlineData("chmod 000 model", "The model's folder cannot be read (")]
    [InlineData("chmod 000 m.yml", "'m.yml' cannot be read: ")]
    [InlineData("ln -s secret.bin model/link; chmod 000 model/secret.bin", "'link' of the model cannot be read (")]
    public async Task What_cannot_be_read_is_named_and_nothing_is_sent(string command, string sentence)
    {
        await using var service = await StartAsync();
        _files.Write("model/closed/a.py", "x");
        _files.Write("model/secret.bin", "x");
        _files.Write("m.yml", "name: x");

        await using var shell = Start(
            service,
            $"{command}; {NoPowers} $bx ml train model m.yml; echo $?; chmod -R u+rwX ."
        );

        Assert.Equal(0, await shell.WaitForExit(Soon));
        Assert.Equal(["Starting to train ...", "5"], shell.OutputLines);
        Assert.StartsWith($"error: {sentence}", Assert.Single(shell.ErrorLines));
        Assert.Empty(service.Received);
    }

    [Fact]
    public async Task A_home_that_may_not_be_written_or_searched_is_as_good_as_none()
    {
        await using var service = await StartAsync();
        _files.Write("home/.local/share/trainyard/key", "k");

        await using var shell = Start(
            service,
            $"chmod 000 home; unset TRAINYARD_HOME; HOME=$PWD/home {NoPowers} $bx ml list training-runs; echo $?; chmod 700 home"
        );

        Assert.Equal(0, await shell.WaitForExit(Soon));
        Assert.Equal("0", shell.OutputLines[^1]);
        Assert.Empty(shell.ErrorLines);
    }

    // Takes all the room there is.
    private const string Fill = "head -c 1M /dev/zero >filler 2>/dev/null";

    // A disk of 64 KiB that only the script sees.
    private string Disk => _files.Folder("disk");

    private ChildProcess StartOnFullDisk(FakeService service, string script) =>
        Start(service, $"bwrap --dev-bind / / --size 65536 --tmpfs {Disk} --chdir {Disk} -- bash -c '{script}'");

    // What root may read although nobody may.
    private static string NoPowers =>
        Environment.IsPrivilegedProcess ? "setpriv --bounding-set=-dac_override,-dac_read_search --" : "";

    private static string Program => Path.Combine(AppContext.BaseDirectory, "bx.dll");

    // Some thread of it is in the system's call "read", whose number is that of the processor, of what descriptor 0 is too.
    private static bool ReadsInput(int process) =>
        Directory
            .EnumerateDirectories($"/proc/{process}/task")
            .Select(thread => File.ReadAllText(Path.Combine(thread, "syscall")).Split(' '))
            .Any(call =>
                call is ["0" or "63", var descriptor, ..] && TargetOf(process, descriptor) == TargetOf(process, "0x0")
            );

    private static string? TargetOf(int process, string descriptor) =>
        new FileInfo($"/proc/{process}/fd/{Convert.ToInt64(descriptor, 16)}").LinkTarget;

    private static async Task<FakeService> StartAsync()
    {
        var service = await FakeService.StartAsync();
        return service.Answer("GET /v3/models", new RunListResource { Resources = [DocumentedRuns.Pending()] });
    }

    private ChildProcess Start(FakeService service, string script) =>
        ChildProcess.Start("bash", ["-c", script], Variables(service, ("bx", $"dotnet {Program}")), _files.Path);

    private static Dictionary<string, string?> Variables(FakeService service, params (string Name, string Value)[] more)
    {
        var variables = BxRun.Variables(service).ToDictionary(v => v.Key, string? (v) => v.Value);
        foreach (var (name, value) in more)
        {
            variables[name] = value;
        }
        return variables;
    }
}
