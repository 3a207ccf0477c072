using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Trainyard.Runtime.Tests.Durable.Engine;

public sealed class RewindTests : EngineTest
{
    private readonly List<string> runs = [];
    private bool isBroken = true;

    [Theory]
    [InlineData("Single")]
    [InlineData("FanOut")]
    [InlineData("Parent")]
    public async Task A_failed_orchestration_goes_on_with_only_its_failed_activities_run_again(string name)
    {
        var host = await StartAsync(AddTasks);
        var failed = await RunAsync(host, name);
        isBroken = false;

        await ClientOf(host).RewindInstanceAsync(failed.InstanceId, "mended", Patience);
        var ended = await ClientOf(host).WaitForInstanceCompletionAsync(failed.InstanceId, true, Patience);

        Assert.Equal(OrchestrationRuntimeStatus.Failed, failed.RuntimeStatus);
        Assert.Null(ended.FailureDetails);
        Assert.Equal("good bad", ended.ReadOutputAs<string>());
        Assert.Equal(1, runs.Count(run => run == "good"));
        Assert.Equal(2, runs.Count(run => run == "bad"));
    }

    [Fact]
    public async Task Only_failed_orchestrations_can_be_rewound()
    {
        isBroken = false;
        var host = await StartAsync(AddTasks);
        var completed = await RunAsync(host, "Single");

        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            ClientOf(host).RewindInstanceAsync(completed.InstanceId, "why", Patience)
        );
        await Assert.ThrowsAsync<ArgumentException>(() =>
            ClientOf(host).RewindInstanceAsync("nobody", "why", Patience)
        );
    }

    private void AddTasks(DurableTaskRegistry tasks) =>
        tasks
            .AddOrchestratorFunc(
                "Single",
                async context =>
                    await context.CallActivityAsync<string>("Work", "good")
                    + " "
                    + await context.CallActivityAsync<string>("Work", "bad")
            )
            .AddOrchestratorFunc(
                "FanOut",
                async context =>
                    string.Join(
                        ' ',
                        await Task.WhenAll(
                            context.CallActivityAsync<string>("Work", "good"),
                            context.CallActivityAsync<string>("Work", "bad")
                        )
                    )
            )
            .AddOrchestratorFunc("Parent", context => context.CallSubOrchestratorAsync<string>("Single"))
            .AddActivityFunc<string, string>(
                "Work",
                (_, what) =>
                {
                    lock (runs)
                    {
                        runs.Add(what);
                    }

                    return what == "bad" && isBroken ? throw new IOException("broken") : what;
                }
            );
}
