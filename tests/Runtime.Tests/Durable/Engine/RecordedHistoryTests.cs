using Microsoft.DurableTask;
using Trainyard.Runtime.Engine;

namespace Trainyard.Runtime.Tests.Durable.Engine;

public sealed class RecordedHistoryTests : EngineTest
{
    [Fact]
    public async Task A_recorded_history_replays_against_the_same_orchestrator()
    {
        var history = RecordedHistory.Parse((await RecordAsync()).ToJson());

        history.Replay(Tasks("First"));
    }

    [Fact]
    public async Task A_changed_orchestrator_is_noticed_and_the_step_named()
    {
        var history = RecordedHistory.Parse((await RecordAsync()).ToJson());

        var broken = Assert.Throws<InvalidOperationException>(() => history.Replay(Tasks("Other")));

        Assert.Contains("step #0", broken.Message, StringComparison.Ordinal);
        Assert.Contains("activity 'First'", broken.Message, StringComparison.Ordinal);
    }

    private static DurableTaskRegistry Tasks(string first) =>
        new DurableTaskRegistry()
            .AddOrchestratorFunc<int, string>(
                "Story",
                async (context, input) =>
                {
                    await context.CallActivityAsync(first, input);
                    await context.CreateTimer(TimeSpan.FromMilliseconds(1), CancellationToken.None);
                    try
                    {
                        await context.CallActivityAsync("Faulty");
                    }
                    catch (TaskFailedException)
                    {
                        context.SendEvent("nobody", "Failed", input);
                    }

                    var child = context.CallSubOrchestratorAsync<string>("Child", "hello");
                    return await child + await context.WaitForExternalEvent<string>("Go");
                }
            )
            .AddOrchestratorFunc<string, string>("Child", (_, text) => text)
            .AddActivityFunc<int, int>("First", (_, value) => value)
            .AddActivityFunc("Faulty", (Action<TaskActivityContext>)(_ => throw new TimeoutException("late")));

    private async Task<RecordedHistory> RecordAsync()
    {
        var registry = Tasks("First");
        var host = await StartAsync(registry);
        var id = await StartedAsync(host, "Story", 7);
        await ClientOf(host).RaiseEventAsync(id, "Go", " and go", Patience);
        var ended = await ClientOf(host).WaitForInstanceCompletionAsync(id, true, Patience);
        Assert.Equal("hello and go", ended.ReadOutputAs<string>());
        return RecordedHistory.Of(host.Services, id);
    }
}
