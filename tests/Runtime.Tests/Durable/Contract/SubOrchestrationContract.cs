using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Trainyard.Runtime.Tests.Durable.Contract;

public abstract class SubOrchestrationContract<THarness> : DurableContract<THarness>
    where THarness : IDurableHarness, new()
{
    [Fact]
    public async Task An_orchestrator_may_call_itself()
    {
        await StartAsync(tasks =>
            tasks.AddOrchestratorFunc<int, int>(
                "Sum",
                async (context, n) => n == 0 ? 0 : n + await context.CallSubOrchestratorAsync<int>("Sum", n - 1)
            )
        );

        Assert.Equal(15, await OutputOfAsync<int>("Sum", 5));
    }

    [Fact]
    public async Task Many_children_run_side_by_side()
    {
        await StartAsync(tasks =>
            tasks
                .AddOrchestratorFunc(
                    "Parent",
                    async context =>
                        (
                            await Task.WhenAll(
                                Enumerable.Range(0, 20).Select(i => context.CallSubOrchestratorAsync<int>("Child", i))
                            )
                        ).Sum()
                )
                .AddOrchestratorFunc<int, int>("Child", (context, i) => context.CallActivityAsync<int>("Echo", i))
                .AddActivityFunc<int, int>("Echo", (_, i) => i)
        );

        Assert.Equal(190, await OutputOfAsync<int>("Parent"));
    }

    [Fact]
    public async Task A_child_has_the_id_and_tags_it_was_given_and_knows_its_parent()
    {
        var options = new SubOrchestrationOptions
        {
            InstanceId = "the-child",
            Tags = new Dictionary<string, string> { ["colour"] = "red" },
        };
        await StartAsync(tasks =>
            tasks
                .AddOrchestratorFunc(
                    "Parent",
                    context => context.CallSubOrchestratorAsync<string>("Child", null, options)
                )
                .AddOrchestratorFunc(
                    "Child",
                    context =>
                    {
                        return Task.FromResult($"{context.InstanceId} of {context.Parent!.Name}");
                    }
                )
        );

        var parent = await RunAsync("Parent");
        var child = await Client.GetInstanceAsync("the-child", getInputsAndOutputs: true, Patience);

        Assert.Equal("the-child of Parent", parent.ReadOutputAs<string>());
        Assert.Equal(OrchestrationRuntimeStatus.Completed, child!.RuntimeStatus);
        Assert.Equal("red", child.Tags["colour"]);
    }

    [Fact]
    public async Task A_child_waits_for_events_of_its_own()
    {
        await StartAsync(tasks =>
            tasks
                .AddOrchestratorFunc(
                    "Parent",
                    context =>
                        context.CallSubOrchestratorAsync<string>(
                            "Child",
                            options: new SubOrchestrationOptions { InstanceId = "waiting-child" }
                        )
                )
                .AddOrchestratorFunc("Child", context => context.WaitForExternalEvent<string>("Word"))
        );
        var parent = await Client.ScheduleNewOrchestrationInstanceAsync("Parent", Patience);
        await Client.WaitForInstanceStartAsync("waiting-child", Patience);

        await Client.RaiseEventAsync("waiting-child", "Word", "hello", Patience);

        Assert.Equal("hello", (await EndOfAsync(parent)).ReadOutputAs<string>());
    }
}
