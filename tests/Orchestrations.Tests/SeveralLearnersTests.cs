using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Manifests.Model;

namespace Trainyard.Orchestrations.Tests;

public sealed class OwnEngineSeveralLearnersTests : SeveralLearnersTests<EmbeddedEngine>;

public sealed class PackagesEngineSeveralLearnersTests : SeveralLearnersTests<TestHostEngine>;

/// <summary>The story of a run with several learners: it has one end, and that names who failed.</summary>
public abstract class SeveralLearnersTests<TEngine>
    where TEngine : IOrchestrationEngine, new()
{
    [Fact]
    public async Task A_run_completes_when_all_of_its_learners_have_succeeded()
    {
        await using var host = await StartAsync(learners: 3);
        foreach (var learner in new[] { 2, 1 })
        {
            await host.RaiseAsync(Ended(learner, AttemptOutcome.Succeeded, exitCode: 0));
        }
        // A repeated report is not another learner's.
        await host.RaiseAsync(Ended(2, AttemptOutcome.Succeeded, exitCode: 0));
        await host.RaiseAsync(Ended(3, AttemptOutcome.Succeeded, exitCode: 0) with { Undelivered = "No room." });

        var verdict = await host.EndAsync();

        Assert.Equal(
            (RunPhase.Completed, "succeeded: Not all results left the node: learner 3: No room."),
            (verdict.Phase, $"{verdict.Reason}")
        );
        Assert.Equal(0, verdict.ExitCode);
        Assert.Single(host.Calls, "PlanStoring(1)");
        Assert.DoesNotContain("StopAttempt(1)", host.Calls);
    }

    [Fact]
    public async Task The_first_failure_stops_the_others_and_is_the_reason()
    {
        await using var host = await StartAsync(learners: 3);
        await host.RaiseAsync(Ended(2, AttemptOutcome.CommandFailed, exitCode: 3));
        await host.CalledAsync("StopAttempt(1)");
        await host.RaiseAsync(Ended(1, AttemptOutcome.Canceled, exitCode: 143));
        Assert.DoesNotContain("PlanStoring(1)", host.Calls);
        await host.RaiseAsync(Ended(3, AttemptOutcome.Canceled, exitCode: 143));

        var verdict = await host.EndAsync();

        Assert.Equal((RunPhase.Failed, "command_failed: learner 2: exit 3"), (verdict.Phase, $"{verdict.Reason}"));
        Assert.Equal((Fault.User, 3, 1), (verdict.Reason.Fault, verdict.ExitCode, verdict.StoredAttempt));
        Assert.Single(host.Calls, "StopAttempt(1)");
    }

    [Fact]
    public async Task Of_two_that_failed_the_one_that_failed_earlier_is_the_reason_whoever_reports_first()
    {
        await using var host = await StartAsync(learners: 2);
        await host.RaiseAsync(Ended(1, AttemptOutcome.CommandFailed, exitCode: 1) with { CommandSeconds = 7.5 });
        await host.RaiseAsync(Ended(2, AttemptOutcome.CommandFailed, exitCode: 3) with { CommandSeconds = 7.25 });

        Assert.Equal("command_failed: learner 2: exit 3", $"{(await host.EndAsync()).Reason}");
    }

    [Theory]
    [InlineData(AttemptOutcome.OutOfMemory, "out_of_memory: learner 2: why")]
    [InlineData(AttemptOutcome.ScratchLimit, "scratch_limit: learner 2: why")]
    [InlineData(AttemptOutcome.NodeFailed, "node_failed: learner 2: why")]
    [InlineData(AttemptOutcome.HandedBack, "node_lost: learner 2: why")]
    public async Task A_command_that_fails_with_another_learner_is_not_the_reason(AttemptOutcome outcome, string reason)
    {
        await using var host = await StartAsync(learners: 2, new RetryLimits { NodeLost = 0, SystemError = 0 });
        await host.RaiseAsync(Ended(1, AttemptOutcome.CommandFailed, exitCode: 1) with { CommandSeconds = 1 });
        await host.RaiseAsync(Ended(2, outcome) with { Message = "why", CommandSeconds = 2 });

        Assert.Equal(reason, $"{(await host.EndAsync()).Reason}");
    }

    [Fact]
    public async Task A_lost_node_begins_all_anew_even_when_another_learner_failed_for_it()
    {
        await using var host = await StartAsync(learners: 2, new RetryLimits { NodeLost = 1 });
        await host.RaiseAsync(Ended(1, AttemptOutcome.CommandFailed, exitCode: 1));
        await host.CalledAsync("StopAttempt(1)");
        await host.RaiseAsync(new NodeLost(1, "node-b") { Learner = 2 });
        await host.CalledAsync("EnqueueRun(2)");
        // A late report of the attempt before.
        await host.RaiseAsync(Ended(2, AttemptOutcome.CommandFailed, exitCode: 9));
        foreach (var learner in new[] { 1, 2 })
        {
            await host.RaiseAsync(Ended(learner, AttemptOutcome.Succeeded, exitCode: 0) with { Attempt = 2 });
        }

        Assert.Equal(RunPhase.Completed, (await host.EndAsync()).Phase);
        Assert.DoesNotContain("StopAttempt(2)", host.Calls);
    }

    [Fact]
    public async Task A_node_that_is_lost_once_too_often_is_named_with_its_learner()
    {
        await using var host = await StartAsync(learners: 2, new RetryLimits { NodeLost = 0 });
        await host.RaiseAsync(new NodeLost(1, "node-b") { Learner = 2 });

        Assert.Equal(
            "node_lost: learner 2: node node-b fell silent; 1 attempts were made",
            $"{(await host.EndAsync()).Reason}"
        );
    }

    [Fact]
    public async Task A_cancel_ends_all_and_is_the_reason_though_a_command_fails_by_it()
    {
        await using var host = await StartAsync(learners: 2);
        await host.RaiseAsync(new RunStarted(1));
        await host.RaiseAsync(new CancelRequested());
        await host.CalledAsync("StopAttempt(1)");
        await host.RaiseAsync(Ended(1, AttemptOutcome.CommandFailed, exitCode: 1));
        await host.RaiseAsync(Ended(2, AttemptOutcome.Canceled, exitCode: 143));

        var verdict = await host.EndAsync();

        Assert.Equal((RunPhase.Halted, "canceled_by_owner"), (verdict.Phase, verdict.Reason.Code));
        Assert.Equal(1, verdict.StoredAttempt);
    }

    [Fact]
    public async Task A_run_whose_time_is_over_says_so_and_not_who_ended_first()
    {
        await using var host = await OrchestratorHost.StartAsync<TEngine>();
        (host.Learners, host.MaxDuration) = (2, TimeSpan.FromHours(1));
        await host.SubmitAsync();
        await host.RaiseAsync(new RunStarted(1));
        await host.RaiseAsync(Ended(1, AttemptOutcome.CommandFailed, exitCode: 1));
        await host.RaiseAsync(Ended(2, AttemptOutcome.MaxDurationExceeded, exitCode: 143));

        Assert.Equal("max_duration: the command ran longer than 01:00:00", $"{(await host.EndAsync()).Reason}");
    }

    [Fact]
    public async Task A_run_canceled_in_the_queue_waits_for_no_learner()
    {
        await using var host = await StartAsync(learners: 2);
        host.StopOutcome = CancelOutcome.Removed;
        await host.RaiseAsync(new CancelRequested());

        var verdict = await host.EndAsync();

        Assert.Equal((RunPhase.Halted, (int?)null), (verdict.Phase, verdict.StoredAttempt));
    }

    [Theory]
    [InlineData(AttemptOutcome.Preempted)]
    [InlineData(AttemptOutcome.Succeeded)]
    [InlineData(AttemptOutcome.Canceled)]
    [InlineData(AttemptOutcome.CommandFailed)]
    [InlineData(AttemptOutcome.NodeFailed)]
    [InlineData(AttemptOutcome.HandedBack)]
    public async Task All_learners_give_way_and_go_on_together_and_none_of_the_retries_is_used(AttemptOutcome other)
    {
        await using var host = await StartAsync(learners: 2, NoRetries);
        await host.RaiseAsync(new RunStarted(1));
        await host.RaiseAsync(
            Ended(2, AttemptOutcome.Preempted) with
            {
                Message = "gave way to one",
                CommandSeconds = 9,
            }
        );
        await host.RaiseAsync(Ended(1, other) with { Message = "gave way to one", CommandSeconds = 1 });
        await host.CalledAsync("EnqueueRun(2)");
        await host.RaiseAsync(new NodeLost(1, "node-b") { Learner = 2 });
        foreach (var learner in new[] { 1, 2 })
        {
            await host.RaiseAsync(Ended(learner, AttemptOutcome.Succeeded, exitCode: 0) with { Attempt = 2 });
        }

        var verdict = await host.EndAsync();

        Assert.Equal((RunPhase.Completed, 2), (verdict.Phase, verdict.StoredAttempt));
        Assert.Equal((TimeSpan.Zero, "gave way to one"), (host.Delays[2], host.GaveWay[2]));
        // They stop as they were told; a cancel would have them deliver results.
        Assert.DoesNotContain("StopAttempt(1)", host.Calls);
    }

    [Fact]
    public async Task A_command_that_fails_because_another_gives_way_is_not_the_reason_whoever_reports_first()
    {
        await using var host = await StartAsync(learners: 3, NoRetries);
        await host.RaiseAsync(Ended(2, AttemptOutcome.CommandFailed, exitCode: 1) with { CommandSeconds = 1 });
        await host.CalledAsync("StopAttempt(1)");
        await host.RaiseAsync(Ended(3, AttemptOutcome.Canceled, exitCode: 143));
        await host.RaiseAsync(Ended(1, AttemptOutcome.Preempted) with { Message = "gave way to one" });
        await host.CalledAsync("EnqueueRun(2)");

        Assert.Equal("gave way to one", host.GaveWay[2]);
    }

    [Fact]
    public async Task A_node_that_is_lost_while_the_run_gives_way_costs_it_no_retry()
    {
        await using var host = await StartAsync(learners: 3, NoRetries);
        await host.RaiseAsync(Ended(2, AttemptOutcome.Preempted) with { Message = "gave way to one" });
        await host.RaiseAsync(new NodeLost(1, "node-c") { Learner = 3 });
        await host.CalledAsync("EnqueueRun(2)");

        Assert.Equal("gave way to one", host.GaveWay[2]);
    }

    [Fact]
    public async Task A_run_that_is_canceled_while_some_of_its_learners_have_given_way_is_halted()
    {
        await using var host = await StartAsync(learners: 2);
        await host.RaiseAsync(Ended(2, AttemptOutcome.Preempted) with { Message = "gave way to one" });
        await host.RaiseAsync(new CancelRequested());
        await host.CalledAsync("StopAttempt(1)");
        await host.RaiseAsync(Ended(1, AttemptOutcome.Preempted) with { Message = "gave way to one" });

        var verdict = await host.EndAsync();

        Assert.Equal(
            (RunPhase.Halted, "Not all results left the node: it was giving way to another run, which keeps none"),
            (verdict.Phase, verdict.Reason.Message)
        );
        Assert.DoesNotContain("EnqueueRun(2)", host.Calls);
    }

    private static RetryLimits NoRetries =>
        new()
        {
            NodeLost = 0,
            SystemError = 0,
            StoreError = 0,
            CommandFailed = 0,
        };

    private static async Task<OrchestratorHost> StartAsync(int learners, RetryLimits? retries = null)
    {
        var host = await OrchestratorHost.StartAsync<TEngine>();
        host.Learners = learners;
        await host.SubmitAsync(retries ?? RetryLimits.Default);
        await host.CalledAsync("EnqueueRun(1)");
        return host;
    }

    private static RunFinished Ended(int learner, AttemptOutcome outcome, int? exitCode = null) =>
        new()
        {
            Attempt = 1,
            Learner = learner,
            Outcome = outcome,
            ExitCode = exitCode,
        };
}
