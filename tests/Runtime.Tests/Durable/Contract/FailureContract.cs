using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Trainyard.Runtime.Tests.Durable.Contract;

public abstract class FailureContract<THarness> : DurableContract<THarness>
    where THarness : IDurableHarness, new()
{
    [Fact]
    public async Task An_exception_of_the_orchestrator_itself_is_told_with_its_stack()
    {
        await StartAsync(tasks => tasks.AddOrchestratorFunc("Faulty", (Action<TaskOrchestrationContext>)Throw));

        var ended = await RunAsync("Faulty");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Equal(typeof(WeatherException).FullName, ended.FailureDetails!.ErrorType);
        Assert.Equal("it rains", ended.FailureDetails.ErrorMessage);
        Assert.Contains(nameof(Throw), ended.FailureDetails.StackTrace!, StringComparison.Ordinal);
        Assert.True(ended.FailureDetails.IsCausedBy<WeatherException>());
        Assert.True(ended.FailureDetails.IsCausedBy<IOException>());
        Assert.False(ended.FailureDetails.IsCausedBy<FormatException>());
    }

    [Fact]
    public async Task A_caught_failure_lets_the_orchestrator_go_on()
    {
        await StartAsync(tasks =>
            tasks
                .AddOrchestratorFunc(
                    "Careful",
                    async context =>
                    {
                        try
                        {
                            await context.CallActivityAsync("Faulty");
                            return "no failure";
                        }
                        catch (TaskFailedException failed) when (failed.FailureDetails.IsCausedBy<WeatherException>())
                        {
                            return $"{failed.TaskName} #{failed.TaskId}: {failed.FailureDetails.ErrorMessage}";
                        }
                    }
                )
                .AddActivityFunc("Faulty", (Action<TaskActivityContext>)(_ => throw new WeatherException("it rains")))
        );

        Assert.Equal("Faulty #0: it rains", await OutputOfAsync<string>("Careful"));
    }

    [Fact]
    public async Task The_chain_of_failures_survives_a_sub_orchestration()
    {
        await StartAsync(tasks =>
            tasks
                .AddOrchestratorFunc("Parent", context => context.CallSubOrchestratorAsync("Child"))
                .AddOrchestratorFunc("Child", context => context.CallActivityAsync("Faulty"))
                .AddActivityFunc(
                    "Faulty",
                    (Action<TaskActivityContext>)(
                        _ => throw new WeatherException("first", new FormatException("second"))
                    )
                )
        );

        var failure = (await RunAsync("Parent")).FailureDetails!;

        Assert.True(failure.IsCausedBy<TaskFailedException>());
        Assert.Contains("Child", failure.ErrorMessage, StringComparison.Ordinal);
        Assert.True(failure.InnerFailure!.IsCausedBy<TaskFailedException>());
        Assert.Contains("Faulty", failure.InnerFailure.ErrorMessage, StringComparison.Ordinal);
        Assert.True(failure.InnerFailure.InnerFailure!.IsCausedBy<WeatherException>());
        Assert.Equal("second", failure.InnerFailure.InnerFailure.InnerFailure!.ErrorMessage);
    }

    [Fact]
    public async Task An_orchestrator_that_nobody_registered_fails()
    {
        await StartAsync(tasks => tasks.AddActivityFunc("Unused", (TaskActivityContext _) => 0));

        var ended = await RunAsync("Nowhere");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Contains("Nowhere", ended.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failures_of_some_do_not_hide_the_results_of_others()
    {
        await StartAsync(tasks =>
            tasks
                .AddOrchestratorFunc(
                    "Survey",
                    async context =>
                    {
                        var calls = Enumerable
                            .Range(0, 10)
                            .Select(i => context.CallActivityAsync<int>("OddOnly", i))
                            .ToList();
                        try
                        {
                            await Task.WhenAll(calls);
                        }
                        catch (TaskFailedException)
                        {
                            // Counted below.
                        }

                        return calls.Count(call => call.IsCompletedSuccessfully);
                    }
                )
                .AddActivityFunc<int, int>(
                    "OddOnly",
                    (_, value) => value % 2 == 1 ? value : throw new WeatherException("even")
                )
        );

        Assert.Equal(5, await OutputOfAsync<int>("Survey"));
    }

    private static void Throw(TaskOrchestrationContext context) => throw new WeatherException("it rains");
}

public sealed class WeatherException : IOException
{
    public WeatherException(string message)
        : base(message) { }

    public WeatherException(string message, Exception inner)
        : base(message, inner) { }
}
