using Trainyard.Agent.Service;

namespace Trainyard.Agent.Node;

/// <summary>
/// The request to stop: no new leases, and an exit when nothing is left to do. Beside a service on the same machine the
/// request comes from that service, which is stopping; it is void when another service has taken its place.
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

    /// <summary>The number of stop requests, without repetitions.</summary>
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

    /// <summary>The time since the stop request; null when there is none.</summary>
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

    /// <summary>Whether the request was repeated.</summary>
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
        // Forgets the request of an earlier service first, so that this one does not count as a repetition.
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

    /// <summary>Reads the service's address again, and forgets the request when the service is another one.</summary>
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
