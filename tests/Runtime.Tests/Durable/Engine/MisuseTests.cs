using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Hosting;

namespace Trainyard.Runtime.Tests.Durable.Engine;

/// <summary>Orchestrators that break the rules fail with a message that says which.</summary>
public sealed class MisuseTests : EngineTest
{
    public static TheoryData<string> ForeignAwaits =>
        ["delay", "delay with an activity open", "run", "configure await", "foreign end"];

    [Theory]
    [MemberData(nameof(ForeignAwaits))]
    public async Task Awaiting_anything_but_durable_tasks_is_detected(string how)
    {
        var host = await StartAsync(tasks =>
            tasks
                .AddOrchestratorFunc<string>(
                    "Wrong",
                    (TaskOrchestrationContext context, string way) => AwaitAsync(context, way)
                )
                .AddActivityFunc("Nothing", (TaskActivityContext _) => Task.Delay(20))
        );

        var ended = await RunAsync(host, "Wrong", how);

        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Contains("TaskOrchestrationContext", ended.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("activity", ended.FailureDetails.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_of_ids_goes_on_from_its_own_token_only()
    {
        var host = await StartAsync(tasks => tasks.AddOrchestratorFunc("Nothing", _ => { }));
        foreach (var id in new[] { "a", "ab", "abc", "ac", "b" })
        {
            await ClientOf(host)
                .ScheduleNewOrchestrationInstanceAsync(
                    "Nothing",
                    options: new StartOrchestrationOptions { InstanceId = id },
                    cancellation: Patience
                );
            await ClientOf(host).WaitForInstanceCompletionAsync(id, Patience);
        }

        Assert.Equal(["ab", "abc"], await IdsAsync(host, "ab", continuation: null));
        Assert.Equal(["abc"], await IdsAsync(host, "ab", continuation: "ab"));
        await Assert.ThrowsAsync<ArgumentException>(() => IdsAsync(host, "ab", continuation: "a"));
    }

    [Fact]
    public async Task A_changed_orchestrator_fails_and_the_step_is_named()
    {
        static void AddActivities(DurableTaskRegistry tasks) =>
            tasks
                .AddActivityFunc("Old", (TaskActivityContext _) => { })
                .AddActivityFunc("New", (TaskActivityContext _) => { });

        var first = await StartAsync(tasks =>
        {
            AddActivities(tasks);
            tasks.AddOrchestratorFunc("Changing", context => CallAndWaitAsync(context, "Old"));
        });
        var id = await StartedAsync(first, "Changing");
        await StopAsync(first);
        var second = await StartAsync(tasks =>
        {
            AddActivities(tasks);
            tasks.AddOrchestratorFunc("Changing", context => CallAndWaitAsync(context, "New"));
        });
        await ClientOf(second).RaiseEventAsync(id, "Go", Patience);

        var ended = await ClientOf(second).WaitForInstanceCompletionAsync(id, true, Patience);

        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Contains("step #0", ended.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("activity 'Old'", ended.FailureDetails.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("activity 'New'", ended.FailureDetails.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_orchestrator_that_does_less_than_its_history_fails_too()
    {
        var first = await StartAsync(tasks =>
            tasks
                .AddActivityFunc("Old", (TaskActivityContext _) => { })
                .AddOrchestratorFunc("Changing", context => CallAndWaitAsync(context, "Old"))
        );
        var id = await StartedAsync(first, "Changing");
        await StopAsync(first);
        var second = await StartAsync(tasks =>
            tasks.AddOrchestratorFunc("Changing", context => context.WaitForExternalEvent<object>("Go"))
        );
        await ClientOf(second).RaiseEventAsync(id, "Go", Patience);

        var ended = await ClientOf(second).WaitForInstanceCompletionAsync(id, true, Patience);

        Assert.Contains("now asks for nothing", ended.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_under_a_running_activity_is_noticed_at_the_restart()
    {
        var running = new TaskCompletionSource();
        var first = await StartAsync(tasks =>
            tasks
                .AddOrchestratorFunc("Changing", context => context.CallActivityAsync("Old"))
                .AddActivityFunc(
                    "Old",
                    (TaskActivityContext _) =>
                    {
                        running.SetResult();
                        return Task.Delay(Timeout.Infinite);
                    }
                )
        );
        var id = await StartedAsync(first, "Changing");
        await running.Task.WaitAsync(Patience);
        first.Dispose();

        var second = await StartAsync(tasks =>
            tasks.AddOrchestratorFunc("Changing", context => context.CallActivityAsync("New"))
        );
        var ended = await ClientOf(second).WaitForInstanceCompletionAsync(id, true, Patience);

        Assert.Contains("activity 'New'", ended.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    private async Task<List<string>> IdsAsync(IHost host, string prefix, string? continuation)
    {
        var query = new OrchestrationQuery { InstanceIdPrefix = prefix };
        var ids = new List<string>();
        await foreach (var page in ClientOf(host).GetAllInstancesAsync(query).AsPages(continuation, 1))
        {
            ids.AddRange(page.Values.Select(one => one.InstanceId));
        }
        return ids;
    }

    private static async Task CallAndWaitAsync(TaskOrchestrationContext context, string activity)
    {
        await context.CallActivityAsync(activity);
        await context.WaitForExternalEvent<object>("Go");
    }

    private static async Task AwaitAsync(TaskOrchestrationContext context, string way)
    {
        switch (way)
        {
            case "delay":
                await Task.Delay(20);
                break;
            case "delay with an activity open":
                var open = context.WaitForExternalEvent<object>("Never");
                await Task.Delay(20);
                await open;
                break;
            case "run":
                await Task.Run(() => Thread.Sleep(20));
                break;
            case "configure await":
                await context.CallActivityAsync("Nothing").ConfigureAwait(false);
                await context.CallActivityAsync("Nothing");
                break;
            default:
                _ = context.WaitForExternalEvent<object>("Never");
                await Task.Delay(20).ConfigureAwait(false);
                break;
        }
    }
}
