using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Manifests.Model;
using Trainyard.Orchestrations.Ending;

namespace Trainyard.Orchestrations.Tests;

public sealed class OwnEngineOrchestratorTests : TrainingRunOrchestratorTests<EmbeddedEngine>;

public sealed class PackagesEngineOrchestratorTests : TrainingRunOrchestratorTests<TestHostEngine>;

/// <summary>The story of a run, on either engine.</summary>
public abstract class TrainingRunOrchestratorTests<TEngine>
    where TEngine : IOrchestrationEngine, new()
{
    // More than a run's own orchestration stores, and where an activity takes no quarter of a second, more than a batch.
    private static int ManyUnits => typeof(TEngine) == typeof(TestHostEngine) ? 33 : 300;

    [Fact]
    public async Task A_run_that_succeeds_is_stored_and_completed()
    {
        await using var host = await OrchestratorHost.StartAsync<TEngine>();
        host.Plan = new() { Units = 3 };
        await host.SubmitAsync();
        await host.CalledAsync("EnqueueRun(1)");
        await host.RaiseAsync(new RunStarted(1));
        await host.FinishAsync(1, AttemptOutcome.Succeeded, exitCode: 0);

        var verdict = await host.EndAsync();

        Assert.Equal((RunPhase.Completed, "succeeded"), (verdict.Phase, verdict.Reason.Code));
        Assert.Equal(["ValidateRun()", "EnqueueRun(1)", "PlanStoring(1)"], host.Calls.Take(3));
        Assert.Equal(["StoreUnit(0)", "StoreUnit(1)", "StoreUnit(2)"], host.Calls.Skip(3).Take(3).Order());
        Assert.Equal(["CompleteStoring()", "FinishRun(Completed)"], host.Calls.Skip(6));
    }

    [Fact]
    public async Task A_command_that_fails_is_stored_too_and_not_tried_again()
    {
        await using var host = await OrchestratorHost.StartAsync<TEngine>();
        await host.SubmitAsync();
        await host.FinishAsync(1, AttemptOutcome.CommandFailed, exitCode: 3);

        var verdict = await host.EndAsync();

        Assert.Equal((RunPhase.Failed, "command_failed: exit 3"), (verdict.Phase, verdict.Reason.ToString()));
        Assert.Contains("StoreUnit(0)", host.Calls);
        Assert.DoesNotContain("EnqueueRun(2)", host.Calls);
    }

    [Fact]
    public async Task Data_that_cannot_be_fetched_is_tried_again_when_the_manifest_asks_for_it()
    {
        await using var host = await OrchestratorHost.StartAsync<TEngine>();
        await host.SubmitAsync(new RetryLimits { StoreError = 1 });
        await host.FinishAsync(1, AttemptOutcome.DownloadFailed);
        await host.CalledAsync("EnqueueRun(2)");
        await host.FinishAsync(2, AttemptOutcome.DownloadFailed);

        var verdict = await host.EndAsync();

        Assert.Equal((RunPhase.Failed, "data_download_failed"), (verdict.Phase, verdict.Reason.Code));
        Assert.DoesNotContain("EnqueueRun(3)", host.Calls);
    }

    [Theory]
    [InlineData("store_denied", "store_denied", Fault.User)]
    [InlineData("store_unavailable", "store_unavailable", Fault.System)]
    [InlineData("data_bucket_not_found", "data_bucket_not_found", Fault.User)]
    [InlineData("results_bucket_not_found", "data_download_failed", Fault.User)]
    [InlineData("made_up", "data_download_failed", Fault.User)]
    [InlineData(null, "data_download_failed", Fault.User)]
    public async Task What_kept_the_data_from_the_node_is_the_reason(string? cause, string code, Fault fault)
    {
        await using var host = await OrchestratorHost.StartAsync<TEngine>();
        await host.SubmitAsync();
        await host.FinishAsync(1, AttemptOutcome.DownloadFailed, cause: cause);

        var verdict = await host.EndAsync();

        Assert.Equal((RunPhase.Failed, code, fault), (verdict.Phase, verdict.Reason.Code, verdict.Reason.Fault));
    }

    [Fact]
    public async Task A_command_that_ran_out_of_memory_failed_by_its_own_fault_and_for_that_reason()
    {
        await using var host = await OrchestratorHost.StartAsync<TEngine>();
        await host.SubmitAsync(new RetryLimits { CommandFailed = 1 });
        await host.FinishAsync(1, AttemptOutcome.OutOfMemory, exitCode: 137);
        await host.CalledAsync("EnqueueRun(2)");
        await host.FinishAsync(2, AttemptOutcome.OutOfMemory, exitCode: 137);

        var verdict = await host.EndAsync();

        Assert.Equal(
            (RunPhase.Failed, "out_of_memory", Fault.User),
            (verdict.Phase, verdict.Reason.Code, verdict.Reason.Fault)
        );
        Assert.Contains("StoreUnit(0)", host.Calls);
        Assert.DoesNotContain("EnqueueRun(3)", host.Calls);
    }

    [Theory]
    [InlineData(AttemptOutcome.CommandFailed, "command_failed: exit 3. Not all results left the node: No room.")]
    [InlineData(AttemptOutcome.Canceled, "canceled_by_owner: Not all results left the node: No room.")]
    public async Task What_did_not_leave_the_node_is_told_beside_how_the_command_ended(
        AttemptOutcome outcome,
        string reason
    )
    {
        await using var host = await OrchestratorHost.StartAsync<TEngine>();
        await host.SubmitAsync();
        await host.FinishAsync(1, outcome, exitCode: 3, undelivered: "No room.");

        Assert.Equal(reason, $"{(await host.EndAsync()).Reason}");
    }

    [Fact]
    public async Task A_failing_command_is_tried_again_when_the_manifest_asks_for_it()
    {
        await using var host = await OrchestratorHost.StartAsync<TEngine>();
        await host.SubmitAsync(new RetryLimits { CommandFailed = 1 });
        await host.FinishAsync(1, AttemptOutcome.CommandFailed, exitCode: 3);
        await host.CalledAsync("EnqueueRun(2)");
        await host.FinishAsync(2, AttemptOutcome.Succeeded, exitCode: 0);

        Assert.Equal(RunPhase.Completed, (await host.EndAsync()).Phase);
        Assert.Contains("PlanStoring(2)", host.Calls);
    }

    [Fact]
    public async Task Each_attempt_after_a_failure_waits_longer_and_the_one_after_a_lost_node_not_at_all()
    {
        await using var host = await OrchestratorHost.StartAsync<TEngine>();
        await host.SubmitAsync(new RetryLimits { SystemError = 3, NodeLost = 2 });
        await host.RaiseAsync(new NodeLost(1, "a"));
        for (var attempt = 2; attempt <= 4; attempt++)
        {
            await host.CalledAsync($"EnqueueRun({attempt})");
            await host.FinishAsync(attempt, AttemptOutcome.NodeFailed);
        }
        await host.CalledAsync("EnqueueRun(5)");
        await host.RaiseAsync(new NodeLost(5, "a"));
        await host.CalledAsync("EnqueueRun(6)");
        await host.FinishAsync(6, AttemptOutcome.Succeeded, exitCode: 0);
        await host.EndAsync();

        var seconds = Enumerable.Range(1, 6).Select(attempt => host.Delays[attempt].TotalSeconds);
        Assert.Equal([0, 0, 20, 80, 300, 300], seconds);
    }

    // The packages' test host runs one activity after the other; what is released then comes after the event.
    private static void ReleaseWhereOneActivityWaitsForAnother(OrchestratorHost host)
    {
        if (typeof(TEngine) == typeof(TestHostEngine))
        {
            host.ReleaseStoring();
            host.ReleaseValidation();
        }
    }

    [Theory]
    [InlineData(AttemptOutcome.Succeeded, true, RunPhase.Halted, "canceled_by_owner")]
    [InlineData(AttemptOutcome.Succeeded, false, RunPhase.Halted, "canceled_by_owner")]
    [InlineData(AttemptOutcome.CommandFailed, true, RunPhase.Failed, "command_failed")]
    public async Task A_cancel_ends_storing(AttemptOutcome outcome, bool whileStoring, RunPhase phase, string reason)
    {
        await using var host = await OrchestratorHost.StartAsync<TEngine>();
        host.HoldStoring();
        await host.SubmitAsync();
        await host.FinishAsync(1, outcome, exitCode: 0);
        await host.CalledAsync("StoreUnit(0)");

        await host.RaiseAsync(new CancelRequested { WhileStoring = whileStoring });
        ReleaseWhereOneActivityWaitsForAnother(host);

        var verdict = await host.EndAsync();
        Assert.Equal((phase, reason), (verdict.Phase, verdict.Reason.Code));
        Assert.DoesNotContain("CompleteStoring()", host.Calls);
        host.ReleaseStoring();
    }

    [Fact]
    public async Task A_canceled_run_is_stored_although_it_was_canceled_twice_and_not_when_it_is_canceled_meanwhile()
    {
        await using var host = await OrchestratorHost.StartAsync<TEngine>();
        host.HoldStoring();
        await host.SubmitAsync();
        await host.CalledAsync("EnqueueRun(1)");
        await host.RaiseAsync(new RunStarted(1));
        await host.RaiseAsync(new CancelRequested());
        await host.CalledAsync("StopAttempt(1)");
        await host.RaiseAsync(new CancelRequested());
        await host.FinishAsync(1, AttemptOutcome.Canceled);
        await host.CalledAsync("StoreUnit(0)");
        Assert.DoesNotContain("FinishRun(Halted)", host.Calls);

        await host.RaiseAsync(new CancelRequested { WhileStoring = true });
        ReleaseWhereOneActivityWaitsForAnother(host);

        Assert.Equal(RunPhase.Halted, (await host.EndAsync()).Phase);
        Assert.DoesNotContain("CompleteStoring()", host.Calls);
        host.ReleaseStoring();
    }

    [Fact]
    public async Task A_run_that_downloads_for_too_long_is_stopped_with_that_reason()
    {
        await using var host = await OrchestratorHost.StartAsync<TEngine>();
        host.DownloadTimeout = TimeSpan.FromMilliseconds(50);
        await host.SubmitAsync();
        await host.CalledAsync("EnqueueRun(1)");
        await host.RaiseAsync(new RunLeased(1));
        await host.CalledAsync("StopAttempt(1)");
        await host.FinishAsync(1, AttemptOutcome.Canceled);

        var verdict = await host.EndAsync();

        Assert.Equal((RunPhase.Failed, "download_timeout"), (verdict.Phase, verdict.Reason.Code));
    }

    [Fact]
    public async Task A_download_that_ended_in_time_stops_no_command()
    {
        await using var host = await OrchestratorHost.StartAsync<TEngine>();
        host.DownloadTimeout = TimeSpan.FromMilliseconds(50);
        await host.SubmitAsync();
        await host.CalledAsync("EnqueueRun(1)");
        await host.RaiseAsync(new RunStarted(1));
        await host.RaiseAsync(new RunLeased(1));
        await host.FinishAsync(1, AttemptOutcome.Succeeded, exitCode: 0);

        Assert.Equal(RunPhase.Completed, (await host.EndAsync()).Phase);
        Assert.DoesNotContain("StopAttempt(1)", host.Calls);
    }

    [Fact]
    public async Task A_run_that_is_refused_never_reaches_the_queue()
    {
        await using var host = await OrchestratorHost.StartAsync<TEngine>();
        host.ValidationRefusal = RunReason.User("data_bucket_not_found", "There is no bucket 'x'.");
        await host.SubmitAsync();

        var verdict = await host.EndAsync();

        Assert.Equal((RunPhase.Failed, "data_bucket_not_found"), (verdict.Phase, verdict.Reason.Code));
        Assert.Equal(["ValidateRun()", "FinishRun(Failed)"], host.Calls);
    }

    [Fact]
    public async Task A_cancel_takes_a_queued_run_out_and_stores_nothing()
    {
        await using var host = await OrchestratorHost.StartAsync<TEngine>();
        host.StopOutcome = CancelOutcome.Removed;
        await host.SubmitAsync();
        await host.CalledAsync("EnqueueRun(1)");
        await host.RaiseAsync(new CancelRequested());

        var verdict = await host.EndAsync();

        Assert.Equal((RunPhase.Halted, "canceled_by_owner"), (verdict.Phase, verdict.Reason.Code));
        Assert.Equal(["StopAttempt(1)", "FinishRun(Halted)"], host.Calls.TakeLast(2));
    }

    [Fact]
    public async Task A_cancel_during_validation_ends_the_run_before_the_stores_have_answered()
    {
        await using var host = await OrchestratorHost.StartAsync<TEngine>();
        host.HoldValidation();
        await host.SubmitAsync();
        await host.CalledAsync("ValidateRun()");
        await host.RaiseAsync(new CancelRequested());
        ReleaseWhereOneActivityWaitsForAnother(host);

        Assert.Equal(RunPhase.Halted, (await host.EndAsync()).Phase);
        Assert.Equal(["ValidateRun()", "FinishRun(Halted)"], host.Calls);
        host.ReleaseValidation();
    }

    [Fact]
    public async Task A_cancel_of_a_running_command_waits_for_its_log_and_stores_it()
    {
        await using var host = await OrchestratorHost.StartAsync<TEngine>();
        await host.SubmitAsync();
        await host.CalledAsync("EnqueueRun(1)");
        await host.RaiseAsync(new RunStarted(1));
        await host.RaiseAsync(new CancelRequested());
        await host.CalledAsync("StopAttempt(1)");
        await host.FinishAsync(1, AttemptOutcome.Canceled, exitCode: 143);

        Assert.Equal(RunPhase.Halted, (await host.EndAsync()).Phase);
        Assert.Contains("CompleteStoring()", host.Calls);
    }

    [Fact]
    public async Task A_cancel_that_comes_too_late_changes_nothing()
    {
        await using var host = await OrchestratorHost.StartAsync<TEngine>();
        host.StopOutcome = CancelOutcome.NotFound;
        await host.SubmitAsync();
        await host.CalledAsync("EnqueueRun(1)");
        await host.RaiseAsync(new CancelRequested());
        await host.CalledAsync("StopAttempt(1)");
        await host.FinishAsync(1, AttemptOutcome.Succeeded, exitCode: 0);

        Assert.Equal(RunPhase.Completed, (await host.EndAsync()).Phase);
    }

    [Fact]
    public async Task A_lost_node_costs_an_attempt_and_late_reports_of_it_are_ignored()
    {
        await using var host = await OrchestratorHost.StartAsync<TEngine>();
        await host.SubmitAsync();
        await host.RaiseAsync(new RunStarted(1));
        await host.RaiseAsync(new NodeLost(1, "node-a"));
        await host.CalledAsync("EnqueueRun(2)");
        await host.FinishAsync(1, AttemptOutcome.CommandFailed, exitCode: 9);
        await host.RaiseAsync(new NodeLost(1, "node-a"));
        await host.RaiseAsync(new RunStarted(2));
        await host.FinishAsync(2, AttemptOutcome.Succeeded, exitCode: 0);
        await host.FinishAsync(2, AttemptOutcome.Succeeded, exitCode: 0);

        Assert.Equal(RunPhase.Completed, (await host.EndAsync()).Phase);
        Assert.DoesNotContain("EnqueueRun(3)", host.Calls);
    }

    [Fact]
    public async Task A_run_whose_nodes_are_lost_again_and_again_fails_with_what_there_is()
    {
        await using var host = await OrchestratorHost.StartAsync<TEngine>();
        await host.SubmitAsync(new RetryLimits { NodeLost = 1 });
        await host.RaiseAsync(new NodeLost(1, "node-a"));
        await host.CalledAsync("EnqueueRun(2)");
        await host.RaiseAsync(new NodeLost(2, "node-b"));

        var verdict = await host.EndAsync();

        Assert.Equal(
            (RunPhase.Failed, "node_lost", Fault.System),
            (verdict.Phase, verdict.Reason.Code, verdict.Reason.Fault)
        );
        Assert.Contains("PlanStoring(2)", host.Calls);
    }

    [Fact]
    public async Task A_run_that_its_node_hands_back_goes_on_elsewhere_at_once_and_counts_as_lost()
    {
        await using var host = await OrchestratorHost.StartAsync<TEngine>();
        await host.SubmitAsync(new RetryLimits { NodeLost = 1 });
        await host.FinishAsync(1, AttemptOutcome.HandedBack, exitCode: 143);
        await host.CalledAsync("EnqueueRun(2)");
        await host.FinishAsync(2, AttemptOutcome.HandedBack);

        var verdict = await host.EndAsync();

        Assert.Equal(TimeSpan.Zero, host.Delays[2]);
        Assert.Equal(
            (RunPhase.Failed, "node_lost", Fault.System),
            (verdict.Phase, verdict.Reason.Code, verdict.Reason.Fault)
        );
        Assert.DoesNotContain("EnqueueRun(3)", host.Calls);
    }

    [Fact]
    public async Task A_run_that_gives_way_goes_on_at_once_and_none_of_its_retries_is_used()
    {
        await using var host = await OrchestratorHost.StartAsync<TEngine>();
        await host.SubmitAsync(new RetryLimits { NodeLost = 1, SystemError = 0 });
        await host.PreemptAsync(1, "gave way to one");
        await host.CalledAsync("EnqueueRun(2)");
        await host.PreemptAsync(2, "gave way to another");
        await host.CalledAsync("EnqueueRun(3)");
        await host.FinishAsync(3, AttemptOutcome.HandedBack);
        await host.CalledAsync("EnqueueRun(4)");
        await host.FinishAsync(4, AttemptOutcome.Succeeded, exitCode: 0);

        var verdict = await host.EndAsync();

        Assert.Equal((RunPhase.Completed, 4), (verdict.Phase, verdict.StoredAttempt));
        Assert.All([2, 3, 4], attempt => Assert.Equal(TimeSpan.Zero, host.Delays[attempt]));
        Assert.Equal(
            [null, "gave way to one", "gave way to another", null],
            host.GaveWay.OrderBy(each => each.Key).Select(each => each.Value)
        );
    }

    [Fact]
    public async Task A_run_that_is_canceled_while_it_gives_way_is_halted()
    {
        await using var host = await OrchestratorHost.StartAsync<TEngine>();
        await host.SubmitAsync();
        await host.CalledAsync("EnqueueRun(1)");
        await host.RaiseAsync(new CancelRequested());
        await host.CalledAsync("StopAttempt(1)");
        await host.PreemptAsync(1, "gave way to one");

        var verdict = await host.EndAsync();

        Assert.Equal(RunPhase.Halted, verdict.Phase);
        Assert.Equal(
            "Not all results left the node: it was giving way to another run, which keeps none",
            verdict.Reason.Message
        );
        Assert.DoesNotContain("EnqueueRun(2)", host.Calls);
    }

    [Fact]
    public async Task A_run_that_is_canceled_while_its_node_hands_it_back_is_halted()
    {
        await using var host = await OrchestratorHost.StartAsync<TEngine>();
        await host.SubmitAsync();
        await host.CalledAsync("EnqueueRun(1)");
        await host.RaiseAsync(new CancelRequested());
        await host.CalledAsync("StopAttempt(1)");
        await host.FinishAsync(1, AttemptOutcome.HandedBack);

        var verdict = await host.EndAsync();
        Assert.Equal(RunPhase.Halted, verdict.Phase);
        Assert.Equal(
            "Not all results left the node: the node stopped before it had delivered them",
            verdict.Reason.Message
        );
        Assert.DoesNotContain("EnqueueRun(2)", host.Calls);
    }

    [Fact]
    public async Task A_cancel_between_attempts_is_kept()
    {
        await using var host = await OrchestratorHost.StartAsync<TEngine>();
        await host.SubmitAsync();
        await host.CalledAsync("EnqueueRun(1)");
        await host.RaiseAsync(new CancelRequested());
        await host.CalledAsync("StopAttempt(1)");
        await host.RaiseAsync(new NodeLost(1, "node-a"));

        var verdict = await host.EndAsync();
        Assert.Equal(RunPhase.Halted, verdict.Phase);
        Assert.Equal(
            "Not all results left the node: node node-a was lost before it had delivered them",
            verdict.Reason.Message
        );
        Assert.DoesNotContain("EnqueueRun(2)", host.Calls);
    }

    [Fact]
    public async Task A_bucket_that_refuses_the_results_fails_the_run()
    {
        await using var host = await OrchestratorHost.StartAsync<TEngine>();
        host.UnitRefusal = RunReason.User("store_denied", "The store refuses these credentials.");
        await host.SubmitAsync();
        await host.FinishAsync(1, AttemptOutcome.Succeeded, exitCode: 0);

        var verdict = await host.EndAsync();

        Assert.Equal((RunPhase.Failed, "store_denied"), (verdict.Phase, verdict.Reason.Code));
        Assert.Equal(
            (1, RunPhase.Completed, "succeeded"),
            (verdict.Unstored!.Attempt, verdict.Unstored.Phase, verdict.Unstored.Reason.Code)
        );
        Assert.DoesNotContain("CompleteStoring()", host.Calls);
    }

    [Fact]
    public async Task What_a_bucket_refused_can_be_stored_once_more_and_then_ends_as_it_would_have()
    {
        await using var host = await OrchestratorHost.StartAsync<TEngine>();
        host.UnitRefusal = RunReason.User("store_denied", "The store refuses these credentials.");
        await host.SubmitAsync();
        await host.FinishAsync(1, AttemptOutcome.Succeeded, exitCode: 0);
        await host.EndAsync();

        await host.StoreAgainAsync(new RunVerdict { Phase = RunPhase.Completed, Reason = RunReason.Succeeded });
        var refused = await host.EndAsync();
        host.UnitRefusal = null;
        await host.StoreAgainAsync(new RunVerdict { Phase = RunPhase.Completed, Reason = RunReason.Succeeded });
        var stored = await host.EndAsync();

        Assert.Equal((RunPhase.Failed, "store_denied"), (refused.Phase, refused.Reason.Code));
        Assert.Equal(RunPhase.Completed, refused.Unstored!.Phase);
        Assert.Equal((RunPhase.Completed, null), (stored.Phase, stored.Unstored));
        Assert.Equal(
            ["ResetStoring()", "PlanStoring(1)", "StoreUnit(0)", "CompleteStoring()", "FinishRun(Completed)"],
            host.Calls.TakeLast(5)
        );
    }

    [Fact]
    public async Task A_long_plan_is_stored_whole_and_its_large_files_are_completed_when_all_units_are_written()
    {
        await using var host = await OrchestratorHost.StartAsync<TEngine>();
        host.Plan = new() { Units = ManyUnits, LargePages = 3 };
        await host.SubmitAsync();
        await host.FinishAsync(1, AttemptOutcome.Succeeded, exitCode: 0);

        var verdict = await host.EndAsync();

        Assert.Equal(RunPhase.Completed, verdict.Phase);
        var storing = host.Calls.SkipWhile(call => call != "PlanStoring(1)").Skip(1).ToList();
        Assert.Equal(
            Enumerable.Range(0, ManyUnits).Select(u => $"StoreUnit({u})").Order(),
            storing.Take(ManyUnits).Order()
        );
        Assert.Equal(
            ["CompleteUploads(0)", "CompleteUploads(1)", "CompleteUploads(2)"],
            storing.Skip(ManyUnits).Take(3).Order()
        );
        Assert.Equal(["CompleteStoring()", "FinishRun(Completed)"], storing.Skip(ManyUnits + 3));
    }

    [Fact]
    public async Task A_bucket_that_refuses_a_unit_of_a_long_plan_ends_it_and_it_can_be_stored_once_more()
    {
        await using var host = await OrchestratorHost.StartAsync<TEngine>();
        host.Plan = new() { Units = ManyUnits, LargePages = 1 };
        host.UnitRefusal = RunReason.User("store_denied", "The store refuses these credentials.");
        await host.SubmitAsync();
        await host.FinishAsync(1, AttemptOutcome.Succeeded, exitCode: 0);
        var refused = await host.EndAsync();
        var calls = host.Calls.Count;
        host.UnitRefusal = null;
        await host.StoreAgainAsync(new RunVerdict { Phase = RunPhase.Completed, Reason = RunReason.Succeeded });
        var stored = await host.EndAsync();

        Assert.Equal("store_denied", refused.Reason.Code);
        Assert.InRange(calls, 5, 40);
        Assert.Equal(RunPhase.Completed, stored.Phase);
        Assert.Equal(
            ManyUnits,
            host.Calls.Skip(calls).Count(c => c.StartsWith("StoreUnit(", StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task A_cancel_reaches_a_long_plan_which_begins_nothing_more()
    {
        await using var host = await OrchestratorHost.StartAsync<TEngine>();
        host.Plan = new() { Units = ManyUnits, LargePages = 1 };
        host.HoldStoring();
        await host.SubmitAsync();
        await host.FinishAsync(1, AttemptOutcome.Succeeded, exitCode: 0);
        await host.CalledAsync("StoreUnit(0)");

        await host.RaiseAsync(new CancelRequested { WhileStoring = true });
        ReleaseWhereOneActivityWaitsForAnother(host);

        var verdict = await host.EndAsync();
        Assert.Equal((RunPhase.Halted, "canceled_by_owner"), (verdict.Phase, verdict.Reason.Code));
        Assert.True((await host.BatchAsync(0))!.IsCompleted);
        Assert.DoesNotContain($"StoreUnit({ManyUnits - 1})", host.Calls);
        Assert.DoesNotContain("CompleteUploads(0)", host.Calls);
        Assert.DoesNotContain("CompleteStoring()", host.Calls);
        host.ReleaseStoring();
    }

    [Fact]
    public async Task A_failed_command_keeps_its_reason_when_storing_fails_as_well()
    {
        await using var host = await OrchestratorHost.StartAsync<TEngine>();
        host.Plan = new() { Refusal = RunReason.User("results_bucket_not_found", "gone") };
        await host.SubmitAsync();
        await host.FinishAsync(1, AttemptOutcome.CommandFailed, exitCode: 3);

        var reason = (await host.EndAsync()).Reason;
        Assert.Equal("command_failed", reason.Code);
        Assert.Equal("exit 3. Log and results could not be stored: results_bucket_not_found: gone", reason.Message);
    }

    [Fact]
    public async Task A_canceled_run_stays_canceled_when_storing_fails()
    {
        await using var host = await OrchestratorHost.StartAsync<TEngine>();
        host.Plan = new() { Refusal = RunReason.User("store_denied", "no") };
        await host.SubmitAsync();
        await host.FinishAsync(1, AttemptOutcome.Canceled, exitCode: null);

        var verdict = await host.EndAsync();

        Assert.Equal((RunPhase.Halted, "canceled_by_owner"), (verdict.Phase, verdict.Reason.Code));
        Assert.Equal("Log and results could not be stored: store_denied: no", verdict.Reason.Message);
        Assert.Equal(RunPhase.Halted, verdict.Unstored!.Phase);
        Assert.Equal("", verdict.Unstored.Reason.Message);
    }

    [Fact]
    public async Task The_webhook_is_told_the_states_it_asked_for_and_its_key_is_destroyed_last()
    {
        await using var host = await OrchestratorHost.StartAsync<TEngine>();
        await host.SubmitAsync(null, "pending", "running", "error");
        await host.CalledAsync("EnqueueRun(1)");
        await host.RaiseAsync(new RunStarted(1));
        await host.CalledAsync("NotifyOwner(running)");
        await host.FinishAsync(1, AttemptOutcome.CommandFailed, exitCode: 3);

        await host.EndAsync();

        Assert.Contains("NotifyOwner(pending)", host.Calls);
        Assert.Equal(["FinishRun(Failed)", "NotifyOwner(error)", "DestroySecrets()"], host.Calls.TakeLast(3));
    }
}
