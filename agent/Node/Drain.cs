using Trainyard.Agent.Service;

namespace Trainyard.Agent.Node;

/// <summary>
/// The wish to stop: no new leases, and the end when nothing is left to do. Beside a service on the same machine the wish
/// is that service's, which stops; when another one has taken its place, it is void.
/// </summary>
internal sealed class Drain(ServiceAddress address)
{
    private readonly Lock gate = new();
    private TaskCompletionSource request = NewSignal();
    private int? wishedUnder;

    /// <summary>Ends when the wish comes.</summary>
    public Task Requested
    {
        get
        {
            lock (gate)
                return request.Task;
        }
    }

    public bool IsRequested => Requested.IsCompleted;

    public void Request()
    {
        lock (gate)
        {
            wishedUnder ??= address.Pid;
            request.TrySetResult();
        }
    }

    /// <summary>Reads the service's address again and forgets the wish when the service is another.</summary>
    public void Review()
    {
        address.Refresh();
        lock (gate)
        {
            if (!request.Task.IsCompleted || wishedUnder is null || address.Pid is null || address.Pid == wishedUnder)
                return;
            wishedUnder = null;
            request = NewSignal();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
