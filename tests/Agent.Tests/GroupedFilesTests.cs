using Microsoft.AspNetCore.Http;
using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Tests;

/// <summary>Small results, which are staged several in one request where the service takes them so.</summary>
public sealed class GroupedFilesTests
{
    private const int Files = 600;

    // Small ones, an empty one, and one that is too large for a group.
    private static readonly string Many =
        $"cd $RESULT_DIR; for i in $(seq {Files}); do echo $i >f$i; done; touch empty; head -c 200000 /dev/zero >large";

    [Fact]
    public async Task Many_small_files_take_few_requests()
    {
        var singles = 0;
        var (run, report) = await RunAsync(
            Many,
            run => run.TakesGroups = true,
            (_, context) => CountSingle(context, ref singles)
        );

        AssertAll(run, report);
        // The first file, whose answer tells of groups, the one that is too large, and the log, which is staged last.
        Assert.Equal(3, singles);
        Assert.All(run.Groups, count => Assert.InRange(count, 1, FileGroup.MostFiles));
        Assert.Equal(Files + 3 - singles, run.Groups.Sum());
    }

    [Fact]
    public async Task A_service_that_tells_of_no_groups_gets_each_by_itself()
    {
        var (run, report) = await RunAsync(Many, _ => { }, (_, _) => null);

        AssertAll(run, report);
        Assert.Empty(run.Groups);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(400)]
    [InlineData(422)]
    public async Task What_is_refused_as_a_group_is_staged_one_by_one(int status)
    {
        var (run, report) = await RunAsync(
            Many,
            run => run.TakesGroups = true,
            (_, context) => IsGroup(context) ? status : null
        );

        AssertAll(run, report);
        Assert.Empty(run.Groups);
    }

    [Fact]
    public async Task A_service_that_cannot_take_a_group_now_gets_it_again()
    {
        var refusals = 3;
        var (run, report) = await RunAsync(
            Many,
            run => run.TakesGroups = true,
            (_, context) => IsGroup(context) && Interlocked.Decrement(ref refusals) >= 0 ? 507 : null
        );

        AssertAll(run, report);
        Assert.NotEmpty(run.Groups);
        Assert.Contains(run.Phases, phase => phase.Waits is not null);
    }

    [Fact]
    public async Task A_file_that_has_become_too_large_or_is_gone_leaves_its_group()
    {
        await using var harness = await AgentHarness.OpenAsync();
        var run = harness.Submit("cd $RESULT_DIR; for i in 1 2 3 4; do echo $i >f$i; done");
        run.TakesGroups = true;
        run.UploadTo = path =>
        {
            if (path == "f1")
            {
                var folder = System.IO.Path.Combine(harness.AttemptFolder(run), "job", "dl-models");
                File.WriteAllText(System.IO.Path.Combine(folder, "f2"), new string('x', 2_000_000));
                File.Delete(System.IO.Path.Combine(folder, "f3"));
            }
            return null;
        };
        harness.StartAgent("none", ("Agent__Uploads", "1"));

        var report = await harness.CompletionAsync(run);

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        Assert.Equal(["1\n", new string('x', 2_000_000), "4\n"], Texts(run, "f1", "f2", "f4"));
        Assert.Contains("Did not store 'f3': it was taken away before it could be.", run.LogText);
        Assert.Equal(1, run.Groups.First());
    }

    [Fact]
    public async Task An_attempt_whose_lease_is_lost_meanwhile_stages_no_more()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.Service.Interfere = (run, context) =>
        {
            run.LeaseLost |= IsGroup(context);
            return null;
        };
        harness.StartAgent();
        var lost = harness.Submit(Many);
        lost.TakesGroups = true;

        // The node takes the next one when it has thrown this one away.
        var (next, report) = await harness.RunAsync("echo next >$RESULT_DIR/next");

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        Assert.Equal("next\n", next.StagedText("next"));
        Assert.False(lost.Completed.IsCompleted);
    }

    private static async Task<(FakeRun Run, CompletionReport Report)> RunAsync(
        string command,
        Action<FakeRun> change,
        Func<FakeRun, HttpContext, int?> interfere
    )
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.Service.Interfere = interfere;
        var run = harness.Submit(command);
        change(run);
        harness.StartAgent();
        return (run, await harness.CompletionAsync(run));
    }

    private static int? CountSingle(HttpContext context, ref int singles)
    {
        if (context.Request.Path.Value!.EndsWith("/" + AgentRoutes.Staging, StringComparison.Ordinal))
        {
            Interlocked.Increment(ref singles);
        }
        return null;
    }

    private static bool IsGroup(HttpContext context) =>
        context.Request.Path.Value!.EndsWith("/" + AgentRoutes.StagingGroup, StringComparison.Ordinal);

    private static void AssertAll(FakeRun run, CompletionReport report)
    {
        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        Assert.Equal(Files + 3, run.Staged.Count);
        for (var i = 1; i <= Files; i++)
        {
            Assert.Equal($"{i}\n", run.StagedText($"f{i}"));
        }
        Assert.Empty(run.Staged["empty"]);
        Assert.Equal(200_000, run.Staged["large"].Length);
        Assert.Equal((Files + 3, run.Staged.Values.Sum(c => (long)c.Length)), (report.StagedFiles, report.StagedBytes));
    }

    private static string[] Texts(FakeRun run, params string[] paths) => [.. paths.Select(run.StagedText)];
}
