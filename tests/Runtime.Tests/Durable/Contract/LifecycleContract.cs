using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Trainyard.Runtime.Tests.Durable.Contract;

public abstract class LifecycleContract<THarness> : DurableContract<THarness>
    where THarness : IDurableHarness, new()
{
    [Fact]
    public async Task Continue_as_new_starts_over_with_a_new_input()
    {
        await StartAsync(tasks =>
            tasks.AddOrchestratorFunc<int, int>(
                "Counter",
                async (context, count) =>
                {
                    if (count < 10)
                    {
                        await context.CreateTimer(TimeSpan.Zero, CancellationToken.None);
                        context.ContinueAsNew(count + 1);
                    }

                    return count;
                }
            )
        );

        Assert.Equal(10, await OutputOfAsync<int>("Counter", 0));
    }

    [Fact]
    public async Task Continue_as_new_keeps_events_that_were_not_processed()
    {
        await StartAsync(tasks =>
            tasks.AddOrchestratorFunc<int[], int[]>(
                "Gatherer",
                async (context, gathered) =>
                {
                    var next = await context.WaitForExternalEvent<int>("Number");
                    int[] all = [.. gathered, next];
                    if (all.Length < 20)
                    {
                        context.ContinueAsNew(all);
                    }

                    return all;
                }
            )
        );
        var id = await Client.ScheduleNewOrchestrationInstanceAsync("Gatherer", Array.Empty<int>(), Patience);
        await Client.WaitForInstanceStartAsync(id, Patience);

        for (var i = 0; i < 20; i++)
        {
            await Client.RaiseEventAsync(id, "Number", i, Patience);
        }

        var gathered = (await EndOfAsync(id)).ReadOutputAs<int[]>()!;
        Assert.Equal(Enumerable.Range(0, 20), gathered.Order());
    }

    [Fact]
    public async Task The_custom_status_is_told_while_running_and_after_the_end()
    {
        await StartAsync(tasks =>
            tasks.AddOrchestratorFunc(
                "Talkative",
                async context =>
                {
                    context.SetCustomStatus("waiting");
                    context.SetCustomStatus(await context.WaitForExternalEvent<Progress>("Status"));
                }
            )
        );
        var id = await Client.ScheduleNewOrchestrationInstanceAsync("Talkative", Patience);

        var started = await Client.WaitForInstanceStartAsync(id, getInputsAndOutputs: true, Patience);
        await Client.RaiseEventAsync(id, "Status", new Progress(3, "epochs"), Patience);

        Assert.Equal("waiting", started.ReadCustomStatusAs<string>());
        Assert.Equal(new Progress(3, "epochs"), (await EndOfAsync(id)).ReadCustomStatusAs<Progress>());
    }

    [Fact]
    public async Task A_suspended_orchestration_takes_no_step_until_it_is_resumed()
    {
        await StartAsync(tasks =>
            tasks.AddOrchestratorFunc("Listener", context => context.WaitForExternalEvent<string>("Word"))
        );
        var id = await Client.ScheduleNewOrchestrationInstanceAsync("Listener", Patience);
        await Client.WaitForInstanceStartAsync(id, Patience);

        await Client.SuspendInstanceAsync(id, "a pause", Patience);
        await StatusAsync(id, OrchestrationRuntimeStatus.Suspended);
        await Client.RaiseEventAsync(id, "Word", "held", Patience);
        var suspended = await Client.GetInstanceAsync(id, Patience);
        await Client.ResumeInstanceAsync(id, "go on", Patience);

        Assert.Equal(OrchestrationRuntimeStatus.Suspended, suspended!.RuntimeStatus);
        Assert.Equal("held", (await EndOfAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Suspending_and_terminating_what_has_ended_and_resuming_what_runs_change_nothing()
    {
        await StartAsync(tasks =>
            tasks
                .AddOrchestratorFunc("Done", (TaskOrchestrationContext _) => 1)
                .AddOrchestratorFunc("Listener", context => context.WaitForExternalEvent<string>("Word"))
        );
        var ended = await RunAsync("Done");
        var running = await Client.ScheduleNewOrchestrationInstanceAsync("Listener", Patience);
        await Client.WaitForInstanceStartAsync(running, Patience);

        const StatusCode Refused = StatusCode.FailedPrecondition;
        await RefusedAsync(Refused, () => Client.SuspendInstanceAsync(ended.InstanceId, null, Patience));
        await RefusedAsync(Refused, () => Client.TerminateInstanceAsync(ended.InstanceId, Patience));
        await RefusedAsync(Refused, () => Client.ResumeInstanceAsync(running, null, Patience));
        await RefusedAsync(StatusCode.NotFound, () => Client.SuspendInstanceAsync("nobody", null, Patience));
        await RefusedAsync(StatusCode.NotFound, () => Client.ResumeInstanceAsync("nobody", null, Patience));
        await RefusedAsync(StatusCode.NotFound, () => Client.TerminateInstanceAsync("nobody", Patience));
        await Client.RaiseEventAsync(running, "Word", "on", Patience);

        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await EndOfAsync(ended.InstanceId)).RuntimeStatus);
        Assert.Equal("on", (await EndOfAsync(running)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_terminated_orchestration_ends_with_the_output_it_was_given()
    {
        await StartAsync(tasks =>
            tasks.AddOrchestratorFunc(
                "Endless",
                context => context.CreateTimer(TimeSpan.FromMinutes(10), CancellationToken.None)
            )
        );
        var id = await Client.ScheduleNewOrchestrationInstanceAsync("Endless", Patience);
        await Client.WaitForInstanceStartAsync(id, Patience);

        await Client.TerminateInstanceAsync(id, new Progress(1, "last words"), Patience);

        var ended = await EndOfAsync(id);
        Assert.Equal(OrchestrationRuntimeStatus.Terminated, ended.RuntimeStatus);
        Assert.Equal(new Progress(1, "last words"), ended.ReadOutputAs<Progress>());
    }

    protected async Task StatusAsync(string id, OrchestrationRuntimeStatus status)
    {
        while ((await Client.GetInstanceAsync(id, Patience))?.RuntimeStatus != status)
        {
            await Task.Delay(10, Patience);
        }
    }

    public sealed record Progress(int Count, string Unit);
}
