using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Trainyard.Runtime.Tests.Durable.Contract;

public abstract class ActivityContract<THarness> : DurableContract<THarness>
    where THarness : IDurableHarness, new()
{
    [Fact]
    public async Task A_chain_of_activities_passes_results_on()
    {
        await StartAsync(tasks =>
            tasks
                .AddOrchestratorFunc(
                    "Chain",
                    async context =>
                    {
                        var value = 0;
                        for (var i = 0; i < 10; i++)
                        {
                            value = await context.CallActivityAsync<int>("PlusOne", value);
                        }

                        return value;
                    }
                )
                .AddActivityFunc<int, int>("PlusOne", (_, value) => value + 1)
        );

        Assert.Equal(10, await OutputOfAsync<int>("Chain"));
    }

    [Fact]
    public async Task Activities_run_side_by_side_and_keep_their_places()
    {
        await StartAsync(tasks =>
            tasks
                .AddOrchestratorFunc(
                    "FanOut",
                    async context =>
                        await Task.WhenAll(
                            Enumerable.Range(0, 50).Select(i => context.CallActivityAsync<int>("Square", i))
                        )
                )
                .AddActivityFunc<int, int>("Square", (_, value) => value * value)
        );

        var squares = await OutputOfAsync<int[]>("FanOut");

        Assert.Equal(Enumerable.Range(0, 50).Select(i => i * i), squares!);
    }

    [Fact]
    public async Task A_failed_activity_fails_the_orchestrator_that_does_not_catch()
    {
        await StartAsync(tasks =>
            tasks
                .AddOrchestratorFunc("Careless", context => context.CallActivityAsync("Faulty"))
                .AddActivityFunc(
                    "Faulty",
                    (Action<TaskActivityContext>)(
                        _ => throw new InvalidOperationException("no luck", new FormatException("inner"))
                    )
                )
        );

        var ended = await RunAsync("Careless");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        var failure = ended.FailureDetails!;
        Assert.True(failure.IsCausedBy<TaskFailedException>());
        Assert.Contains("Faulty", failure.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("#0", failure.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("no luck", failure.ErrorMessage, StringComparison.Ordinal);
        Assert.True(failure.InnerFailure!.IsCausedBy<InvalidOperationException>());
        Assert.True(failure.InnerFailure.InnerFailure!.IsCausedBy<FormatException>());
    }
}
