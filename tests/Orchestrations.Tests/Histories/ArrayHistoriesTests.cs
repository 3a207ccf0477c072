using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Trainyard.Contracts.Runs;
using Trainyard.Orchestrations.Activities;
using Trainyard.Orchestrations.Arrays;
using Trainyard.Runtime.Engine.Execution;
using Trainyard.Runtime.Engine.History;

namespace Trainyard.Orchestrations.Tests.Histories;

/// <summary>The histories of an array: a round that waits, and one that is the last; and what its webhook is told.</summary>
public sealed class ArrayHistoriesTests
{
    private static readonly ArrayRequest Request = new()
    {
        ArrayId = RunId.Parse("training-arrayAAAA"),
        NotifyOn = ["running", "completed"],
    };

    private readonly ConcurrentQueue<string> _told = [];

    [Fact]
    public async Task A_round_that_waits()
    {
        await RecordAsync("array-waits", new() { State = RunState.Pending, IsOver = false });

        Assert.Empty(_told);
    }

    [Fact]
    public async Task The_last_round_tells_the_owner_and_destroys_what_signed_that()
    {
        await RecordAsync("array-ends", new() { State = RunState.Completed, IsOver = true });

        Assert.Equal(["completed", "secrets destroyed"], _told);
    }

    [Theory]
    [InlineData("ExperimentMoved")]
    [InlineData("CancelRequested")]
    public void A_recorded_round_begins_anew_when_something_moved_or_the_owner_cancels(string signal)
    {
        var outcome = RecordedHistoriesTests.RunAfter("array-waits.json", new EventRaised(signal, "{}"));

        var over = Assert.IsType<StartsOver>(outcome);
        Assert.Contains(Request.ArrayId.ToString(), over.Input);
    }

    [Fact]
    public void A_recorded_round_begins_anew_after_its_pause() =>
        Assert.IsType<StartsOver>(RecordedHistoriesTests.RunAfter("array-waits.json", new TimerFired(1)));

    [Fact]
    public async Task Each_state_is_told_once_however_many_rounds_there_are()
    {
        var states = new ConcurrentQueue<RunState>([RunState.Pending, RunState.Running, RunState.Running]);
        await using var engine = new EmbeddedEngine();
        await engine.StartAsync(tasks =>
            Add(
                tasks,
                () =>
                    states.TryDequeue(out var state)
                        ? new() { State = state, IsOver = false }
                        : new() { State = RunState.Completed, IsOver = true }
            )
        );
        await ScheduleAsync(engine);
        // Each event is a round; those of a round that is over are kept for the next.
        for (var i = 0; i < 3; i++)
        {
            await engine.Client.RaiseEventAsync("array", ExperimentMoved.Name, new ExperimentMoved());
        }

        await EndAsync(engine);

        Assert.Equal(["running", "completed", "secrets destroyed"], _told);
    }

    private async Task RecordAsync(string name, MoveArrayResult result, [CallerFilePath] string source = "")
    {
        await using var engine = new EmbeddedEngine();
        var moved = new TaskCompletionSource();
        await engine.StartAsync(tasks =>
            Add(
                tasks,
                () =>
                {
                    moved.TrySetResult();
                    return result;
                }
            )
        );
        await ScheduleAsync(engine);
        await moved.Task.WaitAsync(TimeSpan.FromSeconds(60));
        if (result.IsOver)
        {
            await EndAsync(engine);
        }

        // A stop keeps what came of the activity that had begun.
        var history = await engine.StopAndReadHistoryAsync("array");

        if (Environment.GetEnvironmentVariable("TRAINYARD_RECORD_HISTORIES") is not null)
        {
            history.Write(Path.Combine(Path.GetDirectoryName(source)!, $"{name}.json"));
        }
    }

    private void Add(DurableTaskRegistry tasks, Func<MoveArrayResult> move)
    {
        tasks.AddOrchestratorFunc(nameof(ArrayOrchestrator), ArrayOrchestrator.RunAsync);
        tasks.AddActivityFunc<MoveArrayRequest, MoveArrayResult>(nameof(MoveArray), (_, _) => move());
        tasks.AddActivityFunc<NotifyOwnerRequest>(nameof(NotifyOwner), (_, notice) => _told.Enqueue(notice.State));
        tasks.AddActivityFunc<DestroySecretsRequest>(
            nameof(DestroySecrets),
            (_, _) => _told.Enqueue("secrets destroyed")
        );
    }

    private static Task ScheduleAsync(EmbeddedEngine engine) =>
        engine.Client.ScheduleNewOrchestrationInstanceAsync(
            nameof(ArrayOrchestrator),
            Request,
            new StartOrchestrationOptions { InstanceId = "array" }
        );

    private static async Task EndAsync(EmbeddedEngine engine)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await engine.Client.WaitForInstanceCompletionAsync("array", limit.Token);
    }
}
