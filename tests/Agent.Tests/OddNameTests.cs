using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Agents;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests;

/// <summary>Names and paths that a command may make, and that no path of .NET can hold.</summary>
public sealed class OddNameTests
{
    // 6,300 bytes of path; a name of bytes that are no text, in a file and a folder; one that turns a terminal around.
    private const string Make = """
        mess() {
            cd "$1"; echo x >$'bad\xff'; mkdir $'worse\xfe'; echo x >$'worse\xfe/in'; echo x >$'turn\u202e\u2028\n'
            mkdir shut; echo x >shut/in; chmod 000 shut
            for i in $(seq 300); do mkdir dddddddddddddddddddd; cd dddddddddddddddddddd; done; echo x >deep
        }
        """;

    [Theory]
    [MemberData(nameof(Sandbox.All), MemberType = typeof(Sandbox))]
    public async Task Whatever_they_are_the_rest_is_stored_and_nothing_stays_on_the_node(string sandbox)
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent(sandbox);

        var (run, report) = await harness.RunAsync(
            Make + "\necho ok >$RESULT_DIR/model/ok; for d in $TMPDIR $HOME $RESULT_DIR $LOG_DIR; do (mess $d); done"
        );

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        Assert.Equal("ok\n", run.StagedText("model/ok"));
        Assert.Equal("x\n", run.StagedText("shut/in"));
        Assert.Contains("Did not store 'bad\\xff': its name is not UTF-8.\n", run.LogText);
        Assert.Contains("Did not store 'worse\\xfe': its name is not UTF-8.\n", run.LogText);
        Assert.Contains("Did not store 'turn???': its name is not possible in a bucket.\n", run.LogText);
        Assert.Contains("its path is longer than 900 bytes.\n", run.LogText);
        Assert.True(run.LogLength < 10_000);
        await EmptyAsync(harness);
    }

    [Fact]
    public async Task What_a_killed_agent_left_of_them_keeps_no_agent_from_starting()
    {
        await using var harness = await AgentHarness.OpenAsync();
        var first = harness.StartAgent();
        var run = harness.Submit(Make + "\n(mess $TMPDIR); echo made; sleep 600");
        await Eventually.Be("they are made", () => run.LogText.Contains("\nmade\n"), AgentHarness.Soon);
        first.Kill();
        await first.WaitForExit(AgentHarness.Soon);

        harness.StartAgent();

        var (_, report) = await harness.RunAsync("true");
        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        await EmptyAsync(harness);
    }

    [Fact]
    public async Task Names_that_are_the_service_s_own_are_left_out_with_a_line()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent();

        var (run, report) = await harness.RunAsync(
            """
            cd $RESULT_DIR; mkdir _submitted_code; echo forged >_submitted_code/model.zip; echo x >learner-1
            mkdir $LOG_DIR/a; echo x >$LOG_DIR/a/b; echo x >_submitted_codes; echo x >learner-10; echo x >_manifest.json
            """
        );
        var (second, _) = await harness.RunAsync(
            """
            cd $RESULT_DIR; echo x >_submitted_code; mkdir _manifest.json; echo x >_manifest.json/a; mkdir -p learner-1/evaluation-metrics.txt; echo x >learner-1/a
            echo x >learner-1/evaluation-metrics.txt/x; mkdir $LOG_DIR/a; echo y >$LOG_DIR/a/b; echo x >learner-1/own
            """
        );

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        string[] stored = ["_submitted_codes", "learner-1/a/b", "learner-1/training-log.txt", "learner-10"];
        Assert.Equal(stored, run.Staged.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("Did not store 'learner-1': the service keeps", run.LogText);
        Assert.Contains("Did not store '_submitted_code': the service keeps", run.LogText);
        const string list =
            "Did not store '_manifest.json': the service keeps the list of what it stored under this name.\n";
        Assert.Contains(list, run.LogText);
        Assert.Contains(list, second.LogText);
        stored = ["learner-1/a", "learner-1/own", "learner-1/training-log.txt"];
        Assert.Equal(stored, second.Staged.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("Did not store 'learner-1/a/b' of LOG_DIR: RESULT_DIR has it too.\n", second.LogText);
    }

    [Theory]
    [InlineData(0, 900)]
    [InlineData(420, 420)]
    [InlineData(941, 900)]
    public async Task A_path_for_which_the_bucket_s_folder_leaves_no_room_is_left_out_with_a_line(int given, int most)
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent();
        var folder = string.Concat(Enumerable.Repeat(new string('f', 99) + "/", (most - 1) / 100));
        var fits = folder + new string('a', most - folder.Length);
        var (deep, name) = (Path.GetDirectoryName(fits), Path.GetFileName(fits));

        var (run, report) = await harness.RunAsync(
            $"cd $RESULT_DIR; mkdir -p {deep}; echo x >{fits}; echo x >{deep}/b{name}",
            d => d.LongestResultPath = given
        );

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        Assert.Equal([fits, "learner-1/training-log.txt"], run.Staged.Keys.Order(StringComparer.Ordinal));
        Assert.Contains($": its path is longer than {most} bytes.\n", run.LogText);
    }

    [Fact]
    public async Task Of_many_that_are_left_out_a_hundred_are_told()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent();

        var (run, _) = await harness.RunAsync("cd $RESULT_DIR; for i in $(seq 250); do ln -s none link$i; done");

        Assert.Equal(100, run.LogText.Split('\n').Count(l => l.StartsWith("Did not store", StringComparison.Ordinal)));
        Assert.Contains("\n150 more were left out for such reasons.\n", run.LogText);
    }

    private static Task EmptyAsync(AgentHarness harness) =>
        Eventually.Be(
            "nothing is left",
            () => Directory.GetFileSystemEntries(harness.Work, "training-*").Length == 0,
            AgentHarness.Soon
        );
}
