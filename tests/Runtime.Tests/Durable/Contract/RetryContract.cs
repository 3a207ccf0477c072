using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Trainyard.Runtime.Tests.Durable.Contract;

public abstract class RetryContract<THarness> : DurableContract<THarness>
    where THarness : IDurableHarness, new()
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(1);

    private int _attempts;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(10)]
    public async Task A_policy_tries_as_often_as_it_says(int most)
    {
        await StartFailingAsync(new RetryPolicy(most, Soon), succeedAt: int.MaxValue);

        var ended = await RunAsync("Persistent");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Equal(most, _attempts);
    }

    [Fact]
    public async Task A_policy_stops_at_the_first_success()
    {
        await StartFailingAsync(new RetryPolicy(10, Soon, backoffCoefficient: 2), succeedAt: 4);

        Assert.Equal("attempt 4", await OutputOfAsync<string>("Persistent"));
        Assert.Equal(4, _attempts);
    }

    [Fact]
    public async Task A_policy_gives_up_after_its_timeout()
    {
        var policy = new RetryPolicy(100, Soon, backoffCoefficient: 2, retryTimeout: TimeSpan.FromMilliseconds(200));
        await StartFailingAsync(policy, succeedAt: int.MaxValue);

        var ended = await RunAsync("Persistent");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.InRange(_attempts, 1, 12);
    }

    [Fact]
    public async Task A_policy_leaves_alone_what_its_failure_handler_declines()
    {
        var policy = new RetryPolicy(5, Soon) { HandleFailure = failure => !failure.IsCausedBy<TimeoutException>() };
        await StartFailingAsync(policy, succeedAt: int.MaxValue);

        await RunAsync("Persistent");

        Assert.Equal(1, _attempts);
    }

    [Fact]
    public async Task A_handler_decides_by_attempt_and_failure()
    {
        var handler = TaskOptions.FromRetryHandler(retry =>
            retry.LastFailure.IsCausedBy<Exception>()
            && retry.LastFailure.IsCausedBy<TimeoutException>()
            && retry.LastAttemptNumber < 3
        );
        await StartFailingAsync(handler, succeedAt: int.MaxValue);

        var ended = await RunAsync("Persistent");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Equal(3, _attempts);
    }

    [Fact]
    public async Task An_asynchronous_handler_may_wait_for_durable_tasks()
    {
        var handler = TaskOptions.FromRetryHandler(async retry =>
        {
            await retry.OrchestrationContext.CreateTimer(Soon, CancellationToken.None);
            return true;
        });
        await StartFailingAsync(handler, succeedAt: 3);

        Assert.Equal("attempt 3", await OutputOfAsync<string>("Persistent"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_does_not_exist_is_not_tried_again(bool isActivity)
    {
        var asked = 0;
        var options = TaskOptions.FromRetryHandler(_ => ++asked < 5);
        await StartAsync(tasks =>
            tasks.AddOrchestratorFunc(
                "Lost",
                context =>
                    isActivity
                        ? context.CallActivityAsync("Nowhere", options: options)
                        : context.CallSubOrchestratorAsync("Nowhere", options: options)
            )
        );

        var ended = await RunAsync("Lost");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Contains("Nowhere", ended.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(0, asked);
    }

    [Fact]
    public async Task Sub_orchestrations_are_tried_again_too()
    {
        var options = TaskOptions.FromRetryPolicy(new RetryPolicy(5, Soon));
        await StartAsync(tasks =>
            tasks
                .AddOrchestratorFunc(
                    "Parent",
                    context => context.CallSubOrchestratorAsync<int>("Child", options: options)
                )
                .AddOrchestratorFunc("Child", context => context.CallActivityAsync<int>("Count"))
                .AddActivityFunc(
                    "Count",
                    (TaskActivityContext _) =>
                        ++_attempts < 3 ? throw new TimeoutException($"attempt {_attempts}") : _attempts
                )
        );

        Assert.Equal(3, await OutputOfAsync<int>("Parent"));
    }

    private Task StartFailingAsync(RetryPolicy policy, int succeedAt) =>
        StartFailingAsync(TaskOptions.FromRetryPolicy(policy), succeedAt);

    private Task StartFailingAsync(TaskOptions options, int succeedAt) =>
        StartAsync(tasks =>
            tasks
                .AddOrchestratorFunc("Persistent", context => context.CallActivityAsync<string>("Fail", options))
                .AddActivityFunc(
                    "Fail",
                    (TaskActivityContext _) =>
                        ++_attempts < succeedAt ? throw new TimeoutException("not yet") : $"attempt {_attempts}"
                )
        );
}
