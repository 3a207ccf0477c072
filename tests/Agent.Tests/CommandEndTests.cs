using System.Text;
using Trainyard.Agent.Processes;
using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Agents;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests;

/// <summary>How commands end, by themselves and when they are stopped, in every sandbox.</summary>
public sealed class CommandEndTests
{
    [Theory]
    [MemberData(nameof(Sandbox.All), MemberType = typeof(Sandbox))]
    public async Task A_command_that_exits_3_failed_with_3_and_its_partial_results_are_staged(string sandbox)
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent(sandbox);

        var (run, report) = await harness.RunAsync("echo part > $RESULT_DIR/model/part.txt; exit 3");

        Assert.Equal(AttemptOutcome.CommandFailed, report.Outcome);
        Assert.Equal(3, report.ExitCode);
        Assert.Equal("exit 3", report.Message);
        Assert.Equal("part\n", run.StagedText("model/part.txt"));
        Assert.EndsWith("The command ended with exit code 3.\n", run.LogText);
    }

    [Theory]
    [MemberData(nameof(Sandbox.All), MemberType = typeof(Sandbox))]
    public async Task A_command_killed_by_a_signal_that_is_not_ours_ends_with_128_and_the_signal(string sandbox)
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent(sandbox);

        var (_, report) = await harness.RunAsync("kill -KILL $$");

        Assert.Equal(AttemptOutcome.CommandFailed, report.Outcome);
        Assert.Equal(137, report.ExitCode);
    }

    [Theory]
    [MemberData(nameof(Sandbox.All), MemberType = typeof(Sandbox))]
    public async Task Lines_of_both_streams_arrive_in_the_order_they_were_written_and_before_the_command_ends(
        string sandbox
    )
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent(sandbox);

        var run = harness.Submit(
            "for i in 1 2 3; do echo out $i; echo err $i >&2; done; while [ ! -e $RESULT_DIR/go ]; do sleep 0.05; done; echo end"
        );
        await Eventually.Be("the lines", () => run.LogText.Contains("err 3\n"), AgentHarness.Soon);
        Assert.DoesNotContain("\nend\n", run.LogText);
        await File.WriteAllTextAsync(Path.Combine(harness.AttemptFolder(run), "job", "dl-models", "go"), "");
        await harness.CompletionAsync(run);

        Assert.Contains("out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\nend\n", run.LogText);
    }

    [Theory]
    [MemberData(nameof(Sandbox.All), MemberType = typeof(Sandbox))]
    public async Task Fifty_megabytes_arrive_whole(string sandbox)
    {
        await using var harness = await AgentHarness.OpenAsync();
        var agent = harness.StartAgent(sandbox);

        var (run, report) = await harness.RunAsync("seq 1 6500000; echo last");

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        Assert.True(run.LogLength > 50_000_000);
        Assert.Equal(run.LogLength, run.Staged["learner-1/training-log.txt"].Length);
        var lines = Encoding.UTF8.GetString(run.LogBytes).Split('\n').SkipWhile(l => l != "1").Take(6_500_001).ToList();
        var wrong = lines.Index().Take(6_500_000).FirstOrDefault(l => l.Item != (l.Index + 1).ToString());
        Assert.True(wrong.Item is null, $"line {wrong.Index + 1} is '{wrong.Item}'");
        Assert.Equal("last", lines[^1]);
        Assert.InRange(PeakMegabytes(agent.Id), 1, 400);
    }

    [Theory]
    [MemberData(nameof(Sandbox.All), MemberType = typeof(Sandbox))]
    public async Task A_canceled_command_has_its_grace_to_save_what_it_has(string sandbox)
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent(sandbox);

        // The shell does not exec the program, and would die at once: the program must have its time all the same.
        var run = harness.Submit(
            "bash train.sh; echo never",
            d =>
                d.Files["train.sh"] =
                    "trap 'sleep 0.3; echo saved > $RESULT_DIR/model/saved; exit 0' TERM; echo on; while :; do sleep 0.05; done"
        );
        await Eventually.Be("the command runs", () => run.LogText.Contains("on\n"), AgentHarness.Soon);
        run.CancelRequested = true;
        var report = await harness.CompletionAsync(run);

        Assert.Equal(AttemptOutcome.Canceled, report.Outcome);
        Assert.Equal("saved\n", run.StagedText("model/saved"));
        Assert.DoesNotContain("\nnever\n", run.LogText);
    }

    [Theory]
    [MemberData(nameof(Sandbox.All), MemberType = typeof(Sandbox))]
    public async Task A_command_that_ignores_SIGTERM_is_killed_after_its_grace_with_all_it_started(string sandbox)
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent(sandbox);

        var mark = Guid.NewGuid().ToString("N");
        var run = harness.Submit(
            $"trap '' TERM; bash -c 'trap \"\" TERM; exec -a child-{mark} sleep 600' & setsid bash -c 'exec -a far-{mark} sleep 600' & echo on; wait",
            d => d.GraceSeconds = 0.5
        );
        await Eventually.Be(
            "the command runs",
            () => run.LogText.Contains("on\n") && Running(mark) >= 2,
            AgentHarness.Soon
        );
        run.CancelRequested = true;
        var report = await harness.CompletionAsync(run);

        Assert.Equal(AttemptOutcome.Canceled, report.Outcome);
        Assert.Equal(137, report.ExitCode);
        Assert.Equal(0, Running(mark));
    }

    [Theory]
    [MemberData(nameof(Sandbox.All), MemberType = typeof(Sandbox))]
    public async Task What_a_command_leaves_in_the_background_ends_with_it(string sandbox)
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent(sandbox);

        var mark = Guid.NewGuid().ToString("N");
        var (run, report) = await harness.RunAsync(
            $"set -m; bash -c 'exec -a child-{mark} sleep 600' & (setsid bash -c 'exec -a far-{mark} sleep 600' &) ; echo gone"
        );

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        Assert.Contains("gone\n", run.LogText);
        Assert.Equal(0, Running(mark));
    }

    [Theory]
    [InlineData("env -i setsid sleep 600 </dev/null >/dev/null 2>&1 & echo left $!")]
    [InlineData(
        """(setsid env -i sh -c '(sleep 600 & echo left $!; : >$1) & sleep 600' sh "$TMPDIR/f" &); until [ -e $TMPDIR/f ]; do sleep 0.05; done"""
    )]
    [InlineData("bash train.sh")]
    public async Task A_process_that_escapes_where_there_is_neither_sandbox_nor_control_group_ends_with_its_run(
        string escape
    )
    {
        const string daemon = """
            exec python3 -c '
            import os
            r, w = os.pipe()
            if os.fork() == 0:
                os.setsid()
                pid = os.fork()
                if pid:
                    os.write(w, str(pid).encode())
                    os._exit(0)
                null = os.open("/dev/null", os.O_RDWR)
                for descriptor in range(3):
                    os.dup2(null, descriptor)
                os.execve("/bin/sleep", ["sleep", "600"], {})
            os.wait()
            print("left", os.read(r, 20).decode())
            '
            """;
        await using var harness = await AgentHarness.OpenAsync();
        await harness.StartAgentAsNobodyAsync("none");

        var (run, report) = await harness.RunAsync(escape, d => d.Files["train.sh"] = daemon);

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        var left = int.Parse(run.LogText.Split("\nleft ")[1].Split('\n')[0]);
        Assert.Null(ProcessEntry.Read(left));
        Assert.DoesNotContain("has outlived it", run.LogText);
    }

    [Fact]
    public async Task A_process_that_escaped_while_another_run_was_there_ends_with_the_last_of_the_two()
    {
        await using var harness = await AgentHarness.OpenAsync();
        await harness.StartAgentAsNobodyAsync("none", ("Pool__Slots", "2"));
        const string wait = "while [ ! -e $RESULT_DIR/go ]; do sleep 0.05; done";
        var other = harness.Submit($"echo on; {wait}");
        await Eventually.Be("the other one runs", () => other.LogText.Contains("\non\n"), AgentHarness.Soon);

        var (run, _) = await harness.RunAsync("env -i setsid sleep 600 </dev/null >/dev/null 2>&1 & echo left $!");
        var left = int.Parse(run.LogText.Split("\nleft ")[1].Split('\n')[0]);
        Assert.False(other.Completed.IsCompleted);
        await File.WriteAllTextAsync(Path.Combine(harness.AttemptFolder(other), "job", "dl-models", "go"), "");

        Assert.Equal(AttemptOutcome.Succeeded, (await harness.CompletionAsync(other)).Outcome);
        Assert.Null(ProcessEntry.Read(left));
        await Eventually.Be("nothing is left of it", () => !Directory.Exists($"/proc/{left}"), AgentHarness.Soon);
    }

    [Fact]
    public async Task A_command_that_forks_without_end_meets_a_limit_without_control_groups_too()
    {
        const string forks = """
            exec python3 -c '
            import os, time
            for i in range(2000):
                try:
                    if os.fork() == 0:
                        time.sleep(600)
                except BlockingIOError:
                    print("refused")
                    break
            '
            """;
        await using var harness = await AgentHarness.OpenAsync();
        await harness.StartAgentAsNobodyAsync("none", ("Agent__MaxProcesses", "64"));

        var (run, _) = await harness.RunAsync("bash train.sh", d => d.Files["train.sh"] = forks);
        var (_, next) = await harness.RunAsync("true");

        Assert.Contains("\nrefused\n", run.LogText);
        Assert.Equal(AttemptOutcome.Succeeded, next.Outcome);
    }

    [Fact]
    public async Task A_process_that_escapes_where_there_is_no_sandbox_is_ended_or_told_and_does_not_hold_its_run()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent();

        var (run, report) = await harness.RunAsync(
            "env -i setsid sh -c 'echo escaped $$; while sleep 0.2; do echo here || exit; done' & sleep 0.5"
        );

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        var escaped = int.Parse(run.LogText.Split("\nescaped ")[1].Split('\n')[0]);
        Assert.True(ProcessEntry.Read(escaped) is null || run.LogText.Contains("has outlived it"), run.LogText);
        Assert.Equal(run.LogText, run.StagedText("learner-1/training-log.txt"));
    }

    [Theory]
    [MemberData(nameof(Sandbox.All), MemberType = typeof(Sandbox))]
    public async Task A_command_that_runs_too_long_is_stopped(string sandbox)
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent(sandbox);

        var (_, report) = await harness.RunAsync("sleep 600", d => d.MaxDurationSeconds = 5);

        Assert.Equal(AttemptOutcome.MaxDurationExceeded, report.Outcome);
        Assert.Equal(143, report.ExitCode);
        Assert.InRange((report.FinishedAt - report.LeasedAt).TotalSeconds, 5, 35);
    }

    internal static int Running(string mark) =>
        Directory
            .GetDirectories("/proc")
            .Count(p =>
            {
                try
                {
                    // The name it gave itself, not the text of the shell that started it.
                    return File.ReadAllText(Path.Combine(p, "cmdline"))
                        .Split('\0')[0]
                        .EndsWith("-" + mark, StringComparison.Ordinal);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    return false;
                }
            });

    private static long PeakMegabytes(int pid) =>
        long.Parse(
            File.ReadLines($"/proc/{pid}/status")
                .First(l => l.StartsWith("VmHWM", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]
        ) / 1024;
}
