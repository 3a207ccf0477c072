using Trainyard.Agent.Service;

namespace Trainyard.Agent.Node;

/// <summary>
/// The wish to stop: no new leases, and the end when nothing is left to do. Beside a service on the same machine the wish
/// is that service's, which stops; when another one has taken its place, it is void.
/// </summary>
internal sealed class Drain(ServiceAddress address, TimeProvider time)
{
    private readonly Lock gate = new();
    private TaskCompletionSource request = NewSignal();
    private int? wishedUnder;
    private long since;
    private int wishes;
    private bool isUrgent;

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

    /// <summary>How often it came, but for repetitions.</summary>
    public int Wishes
    {
        get
        {
            lock (gate)
                return wishes;
        }
    }

    /// <summary>How long ago the wish came; null when there is none.</summary>
    public TimeSpan? Elapsed
    {
        get
        {
            lock (gate)
                return request.Task.IsCompleted ? time.GetElapsedTime(since) : null;
        }
    }

    /// <summary>Whether the wish came twice.</summary>
    public bool IsUrgent
    {
        get
        {
            lock (gate)
                return isUrgent;
        }
    }

    public void Request()
    {
        // The wish of a service that has taken the place of the one before it is its first.
        Review();
        lock (gate)
        {
            isUrgent = request.Task.IsCompleted;
            if (!isUrgent)
            {
                since = time.GetTimestamp();
                wishes++;
            }
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
            isUrgent = false;
            request = NewSignal();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
