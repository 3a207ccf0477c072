using Microsoft.Extensions.Logging;

namespace Trainyard.Runtime.Triggers.Listeners;

/// <summary>What waits for the occasion to run one function.</summary>
internal interface ITriggerListener : IDisposable
{
    /// <summary>The function's name.</summary>
    string Name { get; }

    Task RunAsync(CancellationToken stopping);

    /// <summary>Ends when what runs now has finished.</summary>
    Task DrainAsync(CancellationToken cancellationToken);
}

/// <summary>The listeners of one kind of trigger, from the host's start to its end.</summary>
internal sealed partial class TriggerListeners<T>(ILogger logger) : IDisposable
    where T : class, ITriggerListener
{
    private readonly CancellationTokenSource _stopping = new();
    private IReadOnlyList<T> _listeners = [];
    private Task _running = Task.CompletedTask;

    public T? Find(string name) =>
        _listeners.FirstOrDefault(listener => listener.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    public void Start(IEnumerable<T> listeners)
    {
        _listeners = [.. listeners];
        _running = Task.WhenAll(
            _listeners.Select(listener => Task.Run(() => GuardAsync(listener), CancellationToken.None))
        );
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _running.WaitAsync(cancellationToken);
        foreach (var listener in _listeners)
        {
            await listener.DrainAsync(cancellationToken);
        }
    }

    public void Dispose()
    {
        _stopping.Dispose();
        foreach (var listener in _listeners)
        {
            listener.Dispose();
        }
    }

    private async Task GuardAsync(T listener)
    {
        try
        {
            await listener.RunAsync(_stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The host stops.
        }
        catch (Exception e)
        {
            Ended(listener.Name, e);
        }
    }

    [LoggerMessage(1102, LogLevel.Critical, "The trigger of {Function} is broken; it will not fire any more")]
    private partial void Ended(string function, Exception exception);
}
