using Microsoft.Extensions.Logging;

namespace Trainyard.Runtime.Triggers.Listeners;

/// <summary>Waits for the trigger of one function and runs the function.</summary>
internal interface ITriggerListener : IDisposable
{
    /// <summary>The function's name.</summary>
    string Name { get; }

    Task RunAsync(CancellationToken stopping);

    /// <summary>Completes when the current runs have finished.</summary>
    Task DrainAsync(CancellationToken cancellationToken);
}

/// <summary>The listeners of one kind of trigger, from the host's start to its end.</summary>
internal sealed partial class TriggerListeners<T>(TimeProvider time, ILogger logger) : IDisposable
    where T : class, ITriggerListener
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

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

    // A listener that breaks is started again, after longer pauses while it keeps breaking.
    private async Task GuardAsync(T listener)
    {
        var pause = FirstPause;
        while (!_stopping.IsCancellationRequested)
        {
            var started = time.GetTimestamp();
            try
            {
                await listener.RunAsync(_stopping.Token);
            }
            catch (Exception) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                pause = time.GetElapsedTime(started) > LongestPause ? FirstPause : pause;
                Broke(listener.Name, pause.TotalSeconds, e);
            }
            await PauseAsync(pause);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, time, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    [LoggerMessage(1102, LogLevel.Error, "The trigger of {Function} broke; it starts again in {Seconds} s")]
    private partial void Broke(string function, double seconds, Exception exception);
}
