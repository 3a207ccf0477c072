using Microsoft.DurableTask;
using Microsoft.DurableTask.Converters;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Trainyard.Orchestrations.Arrays;
using Trainyard.Orchestrations.Experiments;
using Trainyard.Runtime.Engine.Execution;
using Trainyard.Runtime.Engine.History;

namespace Trainyard.Orchestrations.Tests.Histories;

/// <summary>
/// Runs that were in flight when they were recorded must go on under today's code: it must ask for exactly what was recorded,
/// step by step. After a change that is meant to differ, a new version of the orchestrator is due, not a new recording.
/// </summary>
public sealed class RecordedHistoriesTests
{
    public static TheoryData<string> Files => new(Names);

    private static IEnumerable<string> Names =>
        Directory.GetFiles(Folder, "*.json").Select(f => Path.GetFileName(f)!).Order();

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Histories");

    [Fact]
    public void There_are_histories_of_success_failure_cancel_loss_preemption_refusal_long_plans_experiments_and_arrays() =>
        Assert.Superset(
            new HashSet<string>
            {
                "success.json",
                "command-failed.json",
                "canceled.json",
                "node-lost.json",
                "preempted.json",
                "learner-failed.json",
                "learners-preempted.json",
                "refused.json",
                "many-units.json",
                "long-plan.json",
                "long-plan-units.json",
                "experiment-waits.json",
                "experiment-ends.json",
                "array-waits.json",
                "array-ends.json",
            },
            Names.ToHashSet()
        );

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_step_asks_for_what_was_recorded(string file)
    {
        var history = RecordedHistory.Read(Path.Combine(Folder, file));
        for (var step = 0; step < history.Turns.Count; step++)
        {
            var outcome = RunAfterReplay(history, step);
            if (outcome is Fails failed)
            {
                Assert.Fail($"{file}, step {step}: {failed.Failure}");
            }
            // What the engine itself holds a replay to: kinds and names, in order. A new optional member breaks nobody.
            Assert.Equal(
                history.Turns[step].Actions.Select(a => a.Description),
                outcome.Actions.Select(a => a.Description)
            );
        }
    }

    [Fact]
    public void A_history_of_another_orchestrator_is_found_out()
    {
        var history = RecordedHistory.Read(Path.Combine(Folder, "success.json"));
        var renamed = history.Turns[0] with { Actions = [new ActivityScheduled(0, "SomethingElse", null)] };
        var changed = history with { Turns = [renamed, .. history.Turns.Skip(1)] };
        Assert.IsType<Fails>(RunAfterReplay(changed, step: 1));
    }

    /// <summary>What comes of an input after the whole of a recorded history.</summary>
    internal static TurnOutcome RunAfter(string file, Input input)
    {
        var history = RecordedHistory.Read(Path.Combine(Folder, file));
        return ReplayThenRun(history, history.Turns.Count, history.Turns[^1].Time, [input]);
    }

    // The steps before are replayed, as after a restart; this one is run as new.
    private static TurnOutcome RunAfterReplay(RecordedHistory history, int step) =>
        ReplayThenRun(history, step, history.Turns[step].Time, history.Turns[step].Inputs);

    private static TurnOutcome ReplayThenRun(
        RecordedHistory history,
        int steps,
        DateTime time,
        IReadOnlyList<Input> inputs
    )
    {
        var registry = new DurableTaskRegistry();
        registry.AddOrchestratorFunc(nameof(TrainingRunOrchestrator), TrainingRunOrchestrator.RunAsync);
        registry.AddOrchestratorFunc(nameof(StoreUnitsOrchestrator), StoreUnitsOrchestrator.RunAsync);
        registry.AddOrchestratorFunc(nameof(ExperimentOrchestrator), ExperimentOrchestrator.RunAsync);
        registry.AddOrchestratorFunc(nameof(ArrayOrchestrator), ArrayOrchestrator.RunAsync);
        using var provider = new ServiceCollection().BuildServiceProvider();
        var services = new ExecutionServices(registry, provider, JsonDataConverter.Default, NullLoggerFactory.Instance);
        var execution = new OrchestratorExecution(history.ToRecord(), generation: 0, services, _ => { });
        foreach (var turn in history.Turns.Take(steps))
        {
            execution.Replay(turn);
        }
        return execution.Run(time, inputs);
    }
}
