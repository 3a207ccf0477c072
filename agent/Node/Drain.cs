using Trainyard.Agent.Service;

namespace Trainyard.Agent.Node;

/// <summary>
/// The wish to stop: no new leases, and the end when nothing is left to do. Beside a service on the same machine the wish
/// is that service's, which stops; when another one has taken its place, it is void.
/// </summary>
internal sealed class Drain(ServiceAddress address, TimeProvider time)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _request = NewSignal();
    private int? _wishedUnder;
    private long _since;
    private int _wishes;
    private bool _isUrgent;

    /// <summary>Ends when the wish comes.</summary>
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

    /// <summary>How often it came, but for repetitions.</summary>
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

    /// <summary>How long ago the wish came; null when there is none.</summary>
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

    /// <summary>Whether the wish came twice.</summary>
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
        // The wish of a service that has taken the place of the one before it is its first.
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

    /// <summary>Reads the service's address again and forgets the wish when the service is another.</summary>
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
