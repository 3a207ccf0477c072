using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Trainyard.Runtime.Tests.Durable.Engine;

public sealed class RecoveryTests : EngineTest
{
    [Fact]
    public async Task Waiting_orchestrations_go_on_after_a_restart()
    {
        static void AddTasks(DurableTaskRegistry tasks) =>
            tasks
                .AddOrchestratorFunc(
                    "Waiter",
                    async context =>
                        await context.CallActivityAsync<string>("Echo", "before ")
                        + await context.WaitForExternalEvent<string>("Word")
                )
                .AddActivityFunc<string, string>("Echo", (_, text) => text);

        var first = await StartAsync(AddTasks);
        var id = await StartedAsync(first, "Waiter");
        await StopAsync(first);
        var second = await StartAsync(AddTasks);
        await ClientOf(second).RaiseEventAsync(id, "Word", "after", Patience);
        var ended = await ClientOf(second).WaitForInstanceCompletionAsync(id, true, Patience);

        Assert.Equal("before after", ended.ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_timer_that_came_due_while_stopped_fires_at_the_start()
    {
        static void AddTasks(DurableTaskRegistry tasks) =>
            tasks.AddOrchestratorFunc(
                "Sleeper",
                context => context.CreateTimer(TimeSpan.FromMilliseconds(300), CancellationToken.None)
            );

        var first = await StartAsync(AddTasks);
        var id = await StartedAsync(first, "Sleeper");
        await StopAsync(first);
        await Task.Delay(350, Patience);
        var second = await StartAsync(AddTasks);

        var ended = await ClientOf(second).WaitForInstanceCompletionAsync(id, Patience);

        Assert.Equal(OrchestrationRuntimeStatus.Completed, ended.RuntimeStatus);
    }

    [Fact]
    public async Task An_activity_that_was_cut_off_runs_again_and_one_with_a_result_does_not()
    {
        var runs = new List<string>();
        var held = new TaskCompletionSource();
        void AddTasks(DurableTaskRegistry tasks) =>
            tasks
                .AddOrchestratorFunc(
                    "Two",
                    async context =>
                    {
                        await context.CallActivityAsync("Note", "done");
                        await context.CallActivityAsync("Note", "cut off");
                    }
                )
                .AddActivityFunc<string>(
                    "Note",
                    async (TaskActivityContext _, string what) =>
                    {
                        lock (runs)
                        {
                            runs.Add(what);
                        }

                        if (what == "cut off" && !held.Task.IsCompleted)
                        {
                            held.SetResult();
                            await Task.Delay(Timeout.Infinite);
                        }
                    }
                );

        var first = await StartAsync(AddTasks);
        var id = await StartedAsync(first, "Two");
        await held.Task.WaitAsync(Patience);
        first.Dispose();
        var second = await StartAsync(AddTasks);
        await ClientOf(second).WaitForInstanceCompletionAsync(id, Patience);

        Assert.Equal(["done", "cut off", "cut off"], runs);
    }

    [Fact]
    public async Task A_scheduled_start_is_kept_over_a_restart()
    {
        static void AddTasks(DurableTaskRegistry tasks) =>
            tasks.AddOrchestratorFunc("Now", (TaskOrchestrationContext context) => context.CurrentUtcDateTime);

        var first = await StartAsync(AddTasks);
        var startAt = DateTimeOffset.UtcNow.AddMilliseconds(700);
        var options = new StartOrchestrationOptions("later", startAt);
        await ClientOf(first).ScheduleNewOrchestrationInstanceAsync("Now", options, Patience);
        var pending = await ClientOf(first).GetInstanceAsync("later", Patience);
        await StopAsync(first);
        var second = await StartAsync(AddTasks);

        var ended = await ClientOf(second).WaitForInstanceCompletionAsync("later", true, Patience);

        Assert.Equal(OrchestrationRuntimeStatus.Pending, pending!.RuntimeStatus);
        Assert.True(ended.ReadOutputAs<DateTime>() >= startAt.UtcDateTime);
    }

    [Fact]
    public async Task Stopping_waits_for_running_activities_and_keeps_their_results()
    {
        var running = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var runs = 0;
        void AddTasks(DurableTaskRegistry tasks) =>
            tasks
                .AddOrchestratorFunc("One", context => context.CallActivityAsync<string>("Slow"))
                .AddActivityFunc(
                    "Slow",
                    async (TaskActivityContext _) =>
                    {
                        runs++;
                        running.TrySetResult();
                        await release.Task;
                        return "kept";
                    }
                );

        var first = await StartAsync(AddTasks);
        var id = await StartedAsync(first, "One");
        await running.Task.WaitAsync(Patience);
        var stop = StopAsync(first);
        release.SetResult();
        await stop;
        var second = await StartAsync(AddTasks);
        var ended = await ClientOf(second).WaitForInstanceCompletionAsync(id, true, Patience);

        Assert.Equal("kept", ended.ReadOutputAs<string>());
        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task Orchestrations_dropped_from_memory_are_replayed_when_something_happens()
    {
        var host = await StartAsync(
            tasks =>
                tasks
                    .AddOrchestratorFunc(
                        "Conversation",
                        async context =>
                        {
                            var said = await context.CallActivityAsync<string>("Echo", "a");
                            for (var i = 0; i < 3; i++)
                            {
                                said += await context.WaitForExternalEvent<string>("Say");
                                await context.CreateTimer(TimeSpan.FromMilliseconds(1), CancellationToken.None);
                            }

                            return said;
                        }
                    )
                    .AddActivityFunc<string, string>("Echo", (_, text) => text),
            options => options.MaxWaitingInMemory = 0
        );
        var id = await StartedAsync(host, "Conversation");

        foreach (var word in (string[])["b", "c", "d"])
        {
            await ClientOf(host).RaiseEventAsync(id, "Say", word, Patience);
        }

        var ended = await ClientOf(host).WaitForInstanceCompletionAsync(id, true, Patience);
        Assert.Equal("abcd", ended.ReadOutputAs<string>());
    }
}
