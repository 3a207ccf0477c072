using Microsoft.DurableTask;
using Microsoft.DurableTask.Converters;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Trainyard.Runtime.Engine.Execution;

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
    public void There_are_histories_of_success_failure_cancel_loss_refusal_and_long_plans() =>
        Assert.Superset(
            new HashSet<string>
            {
                "success.json",
                "command-failed.json",
                "canceled.json",
                "node-lost.json",
                "refused.json",
                "many-units.json",
                "long-plan.json",
                "long-plan-units.json",
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
        var renamed = history.Turns[0] with
        {
            Actions = [new Runtime.Engine.History.ActivityScheduled(0, "SomethingElse", null)],
        };
        var changed = history with { Turns = [renamed, .. history.Turns.Skip(1)] };
        Assert.IsType<Fails>(RunAfterReplay(changed, step: 1));
    }

    // The steps before are replayed, as after a restart; this one is run as new.
    private static TurnOutcome RunAfterReplay(RecordedHistory history, int step)
    {
        var registry = new DurableTaskRegistry();
        registry.AddOrchestratorFunc(nameof(TrainingRunOrchestrator), TrainingRunOrchestrator.RunAsync);
        registry.AddOrchestratorFunc(nameof(StoreUnitsOrchestrator), StoreUnitsOrchestrator.RunAsync);
        using var provider = new ServiceCollection().BuildServiceProvider();
        var services = new ExecutionServices(registry, provider, JsonDataConverter.Default, NullLoggerFactory.Instance);
        var execution = new OrchestratorExecution(history.ToRecord(), generation: 0, services, _ => { });
        foreach (var turn in history.Turns.Take(step))
        {
            execution.Replay(turn);
        }
        return execution.Run(history.Turns[step].Time, history.Turns[step].Inputs);
    }
}
