using Microsoft.AspNetCore.Http;
using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Agents;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests;

/// <summary>What an attempt does while the service, or its store, does not take what it brings.</summary>
public sealed class RefusedDeliveryTests
{
    private static readonly (string, string) Short = ("Agent__DeliveryPatience", "00:00:02");

    [Theory]
    [InlineData(507)]
    [InlineData(500)]
    public async Task Results_that_are_refused_for_now_wait_with_a_reason_and_not_for_ever(int status)
    {
        await using var harness = await AgentHarness.OpenAsync();
        RefuseStaging(harness, status);
        harness.StartAgent("none", Short);

        var (run, report) = await harness.RunAsync("echo w >$RESULT_DIR/model/w");

        Assert.Equal((AttemptOutcome.StagingFailed, 0), (report.Outcome, report.ExitCode));
        Assert.EndsWith("could not be staged: interfered", report.Message);
        Assert.Contains(run.Phases, p => p.Waits == "interfered");
    }

    [Fact]
    public async Task A_command_that_failed_has_its_own_end_and_beside_it_that_its_results_are_not_there()
    {
        await using var harness = await AgentHarness.OpenAsync();
        RefuseStaging(harness, 507);
        harness.StartAgent("none", Short);

        var (_, report) = await harness.RunAsync("echo w >$RESULT_DIR/model/w; exit 3");

        Assert.Equal((AttemptOutcome.CommandFailed, 3), (report.Outcome, report.ExitCode));
        Assert.EndsWith("could not be staged: interfered", report.Undelivered);
    }

    [Fact]
    public async Task A_cancel_ends_the_wait()
    {
        await using var harness = await AgentHarness.OpenAsync();
        RefuseStaging(harness, 507);
        harness.StartAgent();
        var run = harness.Submit("echo w >$RESULT_DIR/model/w");
        await Eventually.Be("it waits", () => run.Phases.Any(p => p.Waits is not null), AgentHarness.Soon);

        run.CancelRequested = true;

        var report = await harness.CompletionAsync(run);
        Assert.Equal(AttemptOutcome.Canceled, report.Outcome);
        Assert.StartsWith("Canceled while its results waited: ", report.Message);
    }

    [Fact]
    public async Task When_they_are_taken_in_the_end_the_reason_goes()
    {
        await using var harness = await AgentHarness.OpenAsync();
        var refusals = 4;
        harness.Service.Interfere = (_, c) => IsStaging(c) && Interlocked.Decrement(ref refusals) >= 0 ? 507 : null;
        harness.StartAgent();

        var (run, report) = await harness.RunAsync("echo w >$RESULT_DIR/model/w");

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        Assert.Equal("w\n", run.StagedText("model/w"));
        Assert.Contains(run.Phases, p => p.Waits is not null);
    }

    [Theory]
    [InlineData(403)]
    [InlineData(503)]
    public async Task A_staging_store_that_refuses_for_ever_is_asked_with_fresh_addresses_and_then_told(int status)
    {
        await using var store = await PlainStore.StartAsync([]);
        for (var i = 0; i < 1000; i++)
        {
            store.Refusals.Enqueue(status);
        }
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent("none", Short);
        var run = harness.Submit("echo w >$RESULT_DIR/model/w");
        run.UploadTo = path => new UploadTarget { Url = store.StagingUrl + path };

        var report = await harness.CompletionAsync(run);

        Assert.Equal(AttemptOutcome.StagingFailed, report.Outcome);
        Assert.EndsWith($"could not be staged: The staging store answered {status}.", report.Message);
        Assert.True(store.Authorizations.Count > 2);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(500)]
    public async Task A_completion_that_is_refused_for_ever_frees_the_slot(int status)
    {
        await using var harness = await AgentHarness.OpenAsync();
        FakeRun? refused = null;
        harness.Service.Interfere = (run, c) => run == refused && Route(c) == AgentRoutes.Completion ? status : null;
        var agent = harness.StartAgent("none", Short, ("Pool__Slots", "1"));
        refused = harness.Submit("echo on; sleep 1");
        await Eventually.Be("it runs", () => refused.LogText.Contains("\non\n"), AgentHarness.Soon);

        var (_, report) = await harness.RunAsync("true");

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        Assert.False(refused.Completed.IsCompleted);
        await agent.WaitForLine(l => l.Contains("the service refused the completion"), AgentHarness.Soon);
    }

    [Fact]
    public async Task Data_an_archive_and_answers_that_fall_silent_are_asked_for_again()
    {
        await using var harness = await AgentHarness.OpenAsync();
        var silences = 2;
        harness.Service.Silence = c => Route(c) is AgentRoutes.Archive && Interlocked.Decrement(ref silences) >= 0;
        harness.StartAgent("none", ("Agent__TransferSilence", "00:00:01"));

        var (_, report) = await harness.RunAsync("bash train.sh");

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        Assert.True(silences < 0);
    }

    [Fact]
    public async Task The_longest_duration_counts_from_the_lease_on()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.Service.Silence = c => Route(c) is AgentRoutes.Archive;
        harness.StartAgent();

        var (_, report) = await harness.RunAsync("true", d => d.MaxDurationSeconds = 1);

        Assert.Equal((AttemptOutcome.MaxDurationExceeded, null), (report.Outcome, report.ExitCode));
    }

    private static void RefuseStaging(AgentHarness harness, int status) =>
        harness.Service.Interfere = (_, context) => IsStaging(context) ? status : null;

    private static bool IsStaging(HttpContext context) => Route(context) == AgentRoutes.Staging;

    private static string Route(HttpContext context) => context.Request.Path.Value!.Split('/')[^1];
}
