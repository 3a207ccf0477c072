using System.Runtime.CompilerServices;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Trainyard.Contracts;
using Trainyard.Orchestrations.Experiments;
using Trainyard.Runtime.Engine.Execution;
using Trainyard.Runtime.Engine.History;

namespace Trainyard.Orchestrations.Tests.Histories;

/// <summary>
/// The histories of an experiment's run: a round that waits, and one that is the last. Written anew as those of training runs
/// are, and replayed with them.
/// </summary>
public sealed class ExperimentHistoriesTests
{
    private static readonly ExperimentRequest Request = new()
    {
        Id = Guid.Parse("0197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"),
        Owner = Owner.Parse("jean"),
    };

    [Fact]
    public Task A_round_that_waits() => RecordAsync("experiment-waits", goesOn: true);

    [Fact]
    public Task The_last_round() => RecordAsync("experiment-ends", goesOn: false);

    [Fact]
    public void A_recorded_round_begins_anew_when_something_moved()
    {
        var outcome = RecordedHistoriesTests.RunAfter(
            "experiment-waits.json",
            new EventRaised("ExperimentMoved", "{}")
        );

        var over = Assert.IsType<StartsOver>(outcome);
        Assert.Contains(Request.Id.ToString(), over.Input);
    }

    [Fact]
    public void A_recorded_round_begins_anew_after_its_pause()
    {
        var outcome = RecordedHistoriesTests.RunAfter("experiment-waits.json", new TimerFired(1));

        Assert.IsType<StartsOver>(outcome);
    }

    private static async Task RecordAsync(string name, bool goesOn, [CallerFilePath] string source = "")
    {
        await using var engine = new EmbeddedEngine();
        var moved = new TaskCompletionSource();
        await engine.StartAsync(tasks =>
        {
            tasks.AddOrchestratorFunc(nameof(ExperimentOrchestrator), ExperimentOrchestrator.RunAsync);
            tasks.AddActivityFunc<ExperimentRequest, bool>(
                nameof(MoveExperiment),
                (_, _) =>
                {
                    moved.TrySetResult();
                    return goesOn;
                }
            );
            tasks.AddActivityFunc<ExperimentRequest>(nameof(FinishExperiment), (_, _) => { });
        });
        await engine.Client.ScheduleNewOrchestrationInstanceAsync(
            nameof(ExperimentOrchestrator),
            Request,
            new StartOrchestrationOptions { InstanceId = "experiment" }
        );
        await moved.Task.WaitAsync(TimeSpan.FromSeconds(60));
        if (!goesOn)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            await engine.Client.WaitForInstanceCompletionAsync("experiment", limit.Token);
        }

        // A stop keeps what came of the activity that had begun.
        var history = await engine.StopAndReadHistoryAsync("experiment");

        Assert.Equal(goesOn ? 2 : 3, history.Turns.Count);
        if (Environment.GetEnvironmentVariable("TRAINYARD_RECORD_HISTORIES") is not null)
        {
            history.Write(Path.Combine(Path.GetDirectoryName(source)!, $"{name}.json"));
        }
    }
}
