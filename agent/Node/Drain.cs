using Trainyard.Agent.Service;

namespace Trainyard.Agent.Node;

/// <summary>
/// A request to stop: the agent takes no new leases and exits when nothing is left to do. Next to a service on the
/// same machine, the request comes from that service as it stops; it is void once another service has taken its place.
/// </summary>
internal sealed class Drain(ServiceAddress address, TimeProvider time)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _request = NewSignal();
    private int? _wishedUnder;
    private long _since;
    private int _wishes;
    private bool _isUrgent;

    /// <summary>Completes when a stop is requested.</summary>
    public Task Requested
    {
        get
        {
            lock (_gate)
            {
                return _request.Task;
            }
        }
    }

    public bool IsRequested => Requested.IsCompleted;

    /// <summary>The number of stop requests, not counting repetitions.</summary>
    public int Wishes
    {
        get
        {
            lock (_gate)
            {
                return _wishes;
            }
        }
    }

    /// <summary>The time since the stop was requested; null without a request.</summary>
    public TimeSpan? Elapsed
    {
        get
        {
            lock (_gate)
            {
                return _request.Task.IsCompleted ? time.GetElapsedTime(_since) : null;
            }
        }
    }

    /// <summary>Whether the stop was requested twice.</summary>
    public bool IsUrgent
    {
        get
        {
            lock (_gate)
            {
                return _isUrgent;
            }
        }
    }

    public void Request()
    {
        // Drops a request of an earlier service, so that the first request of a new service does not count as a
        // repetition.
        Review();
        lock (_gate)
        {
            _isUrgent = _request.Task.IsCompleted;
            if (!_isUrgent)
            {
                _since = time.GetTimestamp();
                _wishes++;
            }
            _wishedUnder ??= address.Pid;
            _request.TrySetResult();
        }
    }

    /// <summary>Reads the service's address again, and drops the request when another service has taken over.</summary>
    public void Review()
    {
        address.Refresh();
        lock (_gate)
        {
            if (
                !_request.Task.IsCompleted
                || _wishedUnder is null
                || address.Pid is null
                || address.Pid == _wishedUnder
            )
            {
                return;
            }
            _wishedUnder = null;
            _isUrgent = false;
            _request = NewSignal();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
