using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Tests;

/// <summary>What a command in bubblewrap cannot do, whoever the agent is.</summary>
public sealed class SandboxWallTests
{
    /// <summary>Opens every file below /proc and /sys for writing, but for those of the command's own processes.</summary>
    private const string Walk = """
        import os
        tried, opened = 0, []
        def walk(folder):
            global tried
            try:
                entries = list(os.scandir(folder))
            except OSError:
                return
            for entry in entries:
                if folder == "/proc" and (entry.name in ("self", "thread-self") or entry.name.isdigit()):
                    if not entry.name.isdigit() or os.stat(entry.path).st_uid == os.getuid():
                        continue
                if entry.is_symlink():
                    continue
                if entry.is_dir():
                    walk(entry.path)
                    continue
                tried += 1
                try:
                    file = os.open(entry.path, os.O_WRONLY | os.O_NONBLOCK)
                    # Some files of another process open for everybody, and refuse what is written.
                    if entry.path.split("/")[2].isdigit():
                        os.write(file, b"0")
                    opened.append(entry.path)
                except OSError:
                    pass
        walk("/proc")
        walk("/sys")
        print("tried", "many" if tried > 1000 else tried, "opened", opened)
        """;

    /// <summary>Asks for each number of the table; an error that is not "not permitted" is one that the filter let pass.</summary>
    private const string Ask = """
        import ctypes, errno, os, sys
        libc = ctypes.CDLL(None, use_errno=True)
        def ask(*arguments):
            ctypes.set_errno(0)
            answer = libc.syscall(*[ctypes.c_long(a) for a in arguments])
            return "done" if answer >= 0 else errno.errorcode[ctypes.get_errno()]
        passed = [n for n in map(int, sys.argv[1].split(",")) if ask(n, 0, 0, 0, 0, 0) != "EPERM"]
        print("passed", passed)
        """;

    public static TheoryData<bool> Agents => Environment.IsPrivilegedProcess ? [true, false] : [false];

    [SandboxTheory]
    [MemberData(nameof(Agents))]
    public async Task No_file_of_the_kernel_can_be_opened_for_writing(bool asRoot)
    {
        var (run, report) = await RunAsync(
            asRoot,
            "python3 walk.py; echo x >/proc/sys/kernel/core_pattern; ulimit -Hc; ulimit -c unlimited",
            d => d.Files["walk.py"] = Walk
        );

        Assert.Equal(AttemptOutcome.CommandFailed, report.Outcome);
        Assert.True(run.LogText.Contains("tried many opened []"), run.LogText);
        Assert.Contains("tried many opened []\n", run.LogText);
        Assert.Contains("core_pattern: Read-only file system\n", run.LogText);
        Assert.Contains("\n0\n", run.LogText);
        Assert.Contains("cannot modify limit", run.LogText);
    }

    [SandboxTheory]
    [MemberData(nameof(Agents))]
    public async Task A_command_is_nobody_on_the_machine(bool asRoot)
    {
        const string command =
            "echo uid $(id -u) gid $(id -G) $(id -un) host $(hostname --ip-address); "
            + "grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status | tr -d '\\t'; echo pid1 $(stat -c %u /proc/1)";
        var (run, report) = await RunAsync(asRoot, command);

        Assert.True(report.Outcome == AttemptOutcome.Succeeded, run.LogText);
        var none = new string('0', 16);
        string[] expected =
        [
            asRoot ? "uid 60800 gid 60800 trainer host 127.0.0.1" : "host 127.0.0.1",
            $"CapInh:{none}\nCapPrm:{none}\nCapEff:{none}\n",
            $"CapAmb:{none}\nNoNewPrivs:1\nSeccomp:2\n",
        ];
        Assert.All(expected, text => Assert.True(run.LogText.Contains(text), run.LogText));
        if (asRoot)
        {
            Assert.Contains($"CapBnd:{none}\n", run.LogText);
        }
        Assert.DoesNotContain("uid 0 ", run.LogText);
    }

    [SandboxTheory]
    [MemberData(nameof(Agents))]
    public async Task System_calls_that_change_the_machine_are_refused(bool asRoot)
    {
        var numbers = string.Join(',', Sandboxes.SyscallTable.Here!.Denied.Values.Order());
        var command =
            $"python3 ask.py {numbers}; unshare -Ur true; unshare -m true; unshare -n true; chroot / true; "
            + "python3 -c 'import threading, subprocess; threading.Thread(target=print, args=(\"threads\",)).start(); "
            + "print(subprocess.check_output([\"echo\", \"children\"]).decode())'";

        var (run, report) = await RunAsync(asRoot, command, d => d.Files["ask.py"] = Ask);

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        Assert.Contains("passed []\n", run.LogText);
        Assert.Equal(3, run.LogText.Split("unshare failed: Operation not permitted").Length - 1);
        Assert.Contains("chroot: cannot change root directory", run.LogText);
        Assert.Contains("threads\n", run.LogText);
        Assert.Contains("children\n", run.LogText);
    }

    [SandboxTheory]
    [MemberData(nameof(Agents))]
    public async Task What_is_the_command_s_own_can_be_written(bool asRoot)
    {
        const string command =
            "set -e; for d in $HOME $TMPDIR /tmp /var/tmp . $MODEL_DIR /job $RESULT_DIR $RESULT_DIR/model $LOG_DIR /dev/shm; "
            + "do echo x >$d/written; done; echo more >>train.sh; mkdir -p sub/folder; chmod -R go-rwx .; mv train.sh moved.sh; "
            + "cat $DATA_DIR/folder/a /job/latest-log >/dev/null; echo out >/dev/stdout; echo err >/dev/stderr; "
            + "! touch $DATA_DIR/x; python3 -c 'import multiprocessing as m; print(\"semaphore\", m.Semaphore(1).acquire())'";
        var (run, report) = await RunAsync(
            asRoot,
            command,
            d => d.Data.Add(new FakeObject("folder/a", "data"u8.ToArray()))
        );

        Assert.True(report.Outcome == AttemptOutcome.Succeeded, run.LogText);
        Assert.Contains("\nout\nerr\n", run.LogText);
        Assert.Contains("semaphore True\n", run.LogText);
        Assert.Equal("x\n", run.StagedText("model/written"));
        Assert.Equal("x\n", run.StagedText("learner-1/written"));
    }

    [SandboxFact]
    public async Task What_the_C_library_is_told_reaches_the_command_and_nothing_before_it()
    {
        var (run, report) = await RunAsync(
            asRoot: Environment.IsPrivilegedProcess,
            "env",
            d =>
            {
                d.Env["LD_PRELOAD"] = "/job/model-code/no-library.so";
                d.Env["GLIBC_TUNABLES"] = "a'b\"c$d\ne";
            }
        );

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        Assert.Contains("LD_PRELOAD=/job/model-code/no-library.so\n", run.LogText);
        Assert.Contains("GLIBC_TUNABLES=a'b\"c$d\ne\n", run.LogText);
        Assert.DoesNotContain("TRAINYARD_LATE_", run.LogText);
        // The loader complains once for each program that it loads: the shell of the command, and env.
        Assert.Equal(2, run.LogText.Split("no-library.so' from LD_PRELOAD cannot be preloaded").Length - 1);
    }

    private static async Task<(FakeRun Run, CompletionReport Report)> RunAsync(
        bool asRoot,
        string command,
        Action<RunDraft>? change = null
    )
    {
        await using var harness = await AgentHarness.OpenAsync();
        if (asRoot)
        {
            harness.StartAgent("bubblewrap");
        }
        else
        {
            await harness.StartAgentAsNobodyAsync("bubblewrap");
        }
        return await harness.RunAsync(command, change);
    }
}
