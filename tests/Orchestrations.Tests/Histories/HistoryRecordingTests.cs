using System.Runtime.CompilerServices;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;

namespace Trainyard.Orchestrations.Tests.Histories;

/// <summary>
/// Writes the recordings anew beside this file, when TRAINYARD_RECORD_HISTORIES is set; otherwise shows that today's code can
/// still be recorded. Only for a new scenario or a new version of the orchestrator.
/// </summary>
public sealed class HistoryRecordingTests
{
    [Fact]
    public Task Success() =>
        RecordAsync(
            "success",
            async host =>
            {
                await host.RaiseAsync(new RunStarted(1));
                await host.FinishAsync(1, AttemptOutcome.Succeeded, exitCode: 0);
            },
            host => host.Plan = new() { Units = 11 }
        );

    [Fact]
    public Task Command_failed() =>
        RecordAsync("command-failed", host => host.FinishAsync(1, AttemptOutcome.CommandFailed, exitCode: 3));

    [Fact]
    public Task Canceled() =>
        RecordAsync(
            "canceled",
            async host =>
            {
                await host.RaiseAsync(new RunStarted(1));
                await host.RaiseAsync(new CancelRequested());
                await host.CalledAsync("StopAttempt(1)");
                await host.FinishAsync(1, AttemptOutcome.Canceled, exitCode: 143);
            }
        );

    [Fact]
    public Task Node_lost() =>
        RecordAsync(
            "node-lost",
            async host =>
            {
                await host.RaiseAsync(new NodeLost(1, "node-a"));
                await host.CalledAsync("EnqueueRun(2)");
                await host.FinishAsync(1, AttemptOutcome.Succeeded, exitCode: 0);
                await host.FinishAsync(2, AttemptOutcome.Succeeded, exitCode: 0);
            }
        );

    [Fact]
    public Task Preempted() =>
        RecordAsync(
            "preempted",
            async host =>
            {
                await host.RaiseAsync(new RunStarted(1));
                await host.PreemptAsync(1, "gave way to another");
                await host.CalledAsync("EnqueueRun(2)");
                await host.FinishAsync(2, AttemptOutcome.Succeeded, exitCode: 0);
            }
        );

    /// <summary>As before runs on several nodes gave way.</summary>
    [Fact]
    public Task Learner_failed() =>
        RecordAsync(
            "learner-failed",
            async host =>
            {
                await host.RaiseAsync(new RunStarted(1));
                await host.RaiseAsync(Ended(2, AttemptOutcome.HandedBack));
                await host.CalledAsync("StopAttempt(1)");
                await host.RaiseAsync(Ended(1, AttemptOutcome.Canceled));
                await host.CalledAsync("EnqueueRun(2)");
                await host.RaiseAsync(new NodeLost(2, "node-b") { Learner = 2 });
                await host.CalledAsync("EnqueueRun(3)");
                await host.RaiseAsync(Ended(1, AttemptOutcome.Succeeded) with { Attempt = 3 });
                await host.RaiseAsync(Ended(2, AttemptOutcome.Succeeded) with { Attempt = 3 });
            },
            host => host.Learners = 2
        );

    [Fact]
    public Task Learners_preempted() =>
        RecordAsync(
            "learners-preempted",
            async host =>
            {
                await host.RaiseAsync(new RunStarted(1));
                await host.RaiseAsync(Ended(2, AttemptOutcome.Preempted));
                await host.RaiseAsync(Ended(1, AttemptOutcome.CommandFailed));
                await host.CalledAsync("EnqueueRun(2)");
                await host.RaiseAsync(Ended(1, AttemptOutcome.Succeeded) with { Attempt = 2 });
                await host.RaiseAsync(Ended(2, AttemptOutcome.Succeeded) with { Attempt = 2 });
            },
            host => host.Learners = 2
        );

    private static RunFinished Ended(int learner, AttemptOutcome outcome) =>
        new()
        {
            Attempt = 1,
            Learner = learner,
            Outcome = outcome,
        };

    [Fact]
    public Task Refused() =>
        RecordAsync(
            "refused",
            _ => Task.CompletedTask,
            host => host.ValidationRefusal = RunReason.User("store_denied", "The store refuses these credentials."),
            isQueued: false
        );

    /// <summary>As before long plans had an orchestration of their own.</summary>
    [Fact]
    public Task Many_units() =>
        RecordAsync(
            "many-units",
            host => host.FinishAsync(1, AttemptOutcome.Succeeded, exitCode: 0),
            host => host.Plan = new() { Units = 60 }
        );

    [Fact]
    public Task Long_plan() =>
        RecordAsync("long-plan", host => host.FinishAsync(1, AttemptOutcome.Succeeded, exitCode: 0), Plan);

    [Fact]
    public Task Long_plan_units() =>
        RecordAsync(
            "long-plan-units",
            host => host.FinishAsync(1, AttemptOutcome.Succeeded, exitCode: 0),
            Plan,
            instance: id => StoreUnitsOrchestrator.InstanceOf(id, 0)
        );

    [Fact]
    public async Task However_long_a_plan_its_histories_are_short()
    {
        var lengths = new List<int>();
        foreach (
            var instance in new Func<RunId, string>[] { id => $"{id}", id => StoreUnitsOrchestrator.InstanceOf(id, 1) }
        )
        {
            await using var host = await OrchestratorHost.StartAsync<EmbeddedEngine>();
            host.Plan = new() { Units = 1000, LargePages = 20 };
            await host.SubmitAsync();
            await host.FinishAsync(1, AttemptOutcome.Succeeded, exitCode: 0);
            await host.EndAsync();
            var history = await ((EmbeddedEngine)host.Engine).StopAndReadHistoryAsync(instance(host.Run));
            lengths.Add(history.Turns.Sum(turn => turn.Inputs.Count + turn.Actions.Count));
        }
        Assert.InRange(lengths[0], 10, 40);
        Assert.InRange(lengths[1], 512, 600);
    }

    private static void Plan(OrchestratorHost host) => host.Plan = new() { Units = 40, LargePages = 2 };

    private static async Task RecordAsync(
        string name,
        Func<OrchestratorHost, Task> script,
        Action<OrchestratorHost>? prepare = null,
        bool isQueued = true,
        Func<RunId, string>? instance = null,
        [CallerFilePath] string source = ""
    )
    {
        await using var host = await OrchestratorHost.StartAsync<EmbeddedEngine>();
        prepare?.Invoke(host);
        await host.SubmitAsync();
        if (isQueued)
        {
            await host.CalledAsync("EnqueueRun(1)");
        }
        await script(host);
        await host.EndAsync();

        var history = await ((EmbeddedEngine)host.Engine).StopAndReadHistoryAsync(
            (instance ?? (id => $"{id}"))(host.Run)
        );

        Assert.NotEmpty(history.Turns);
        if (Environment.GetEnvironmentVariable("TRAINYARD_RECORD_HISTORIES") is not null)
        {
            history.Write(Path.Combine(Path.GetDirectoryName(source)!, $"{name}.json"));
        }
    }
}
