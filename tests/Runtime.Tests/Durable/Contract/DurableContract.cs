using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Trainyard.Runtime.Tests.Durable.Contract;

/// <summary>Base of the contract suites, which pass on every implementation of the public Durable Task API.</summary>
[Trait("Category", "DurableContract")]
public abstract class DurableContract<THarness> : IAsyncLifetime
    where THarness : IDurableHarness, new()
{
    /// <summary>Long enough for a loaded machine; a test that needs it has failed.</summary>
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(60));
    private readonly THarness _harness = new();

    protected DurableTaskClient Client => _harness.Client;

    protected CancellationToken Patience => _patience.Token;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _harness.DisposeAsync();
        _patience.Dispose();
    }

    protected Task StartAsync(Action<DurableTaskRegistry> tasks) => _harness.StartAsync(tasks);

    protected async Task<OrchestrationMetadata> RunAsync(TaskName orchestrator, object? input = null)
    {
        var id = await Client.ScheduleNewOrchestrationInstanceAsync(orchestrator, input, Patience);
        return await Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, Patience);
    }

    protected async Task<T?> OutputOfAsync<T>(TaskName orchestrator, object? input = null)
    {
        var ended = await RunAsync(orchestrator, input);
        Assert.True(
            ended.RuntimeStatus == OrchestrationRuntimeStatus.Completed,
            $"{ended.RuntimeStatus}: {ended.FailureDetails} {ended.FailureDetails?.StackTrace}"
        );
        return ended.ReadOutputAs<T>();
    }

    /// <summary>A call that changes nothing, and says why on hosts that do.</summary>
    protected async Task RefusedAsync(StatusCode code, Func<Task> call)
    {
        if (_harness.Refuses)
        {
            Assert.Equal(code, (await Assert.ThrowsAsync<RpcException>(call)).StatusCode);
        }
        else
        {
            await call();
        }
    }

    protected async Task<OrchestrationMetadata> EndOfAsync(string id) =>
        await Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, Patience);
}
