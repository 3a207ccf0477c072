using Trainyard.Runtime.Engine.History;

namespace Trainyard.Runtime.Engine.Execution;

/// <summary>A scheduled task that has no result yet.</summary>
internal sealed class OpenTask(OrchestratorAction action)
{
    private readonly TaskCompletionSource<string?> _source = new();

    public OrchestratorAction Action { get; } = action;

    public Task<string?> Answer => _source.Task;

    public void Complete(string? result) => _source.TrySetResult(result);

    public void Fail(Exception exception) => _source.TrySetException(exception);

    public void Cancel(CancellationToken token) => _source.TrySetCanceled(token);
}
