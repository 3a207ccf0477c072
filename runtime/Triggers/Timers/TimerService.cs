using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Trainyard.Runtime.Triggers.Discovery;
using Trainyard.Runtime.Triggers.Hosting;

namespace Trainyard.Runtime.Triggers.Timers;

/// <summary>Runs the listeners of all timer functions while the host runs.</summary>
internal sealed partial class TimerService(
    FunctionCatalog catalog,
    IConfiguration configuration,
    IServiceProvider services,
    ILogger<TimerService> logger
) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private IReadOnlyList<TimerListener> _listeners = [];
    private Task _running = Task.CompletedTask;

    public TimerListener? Find(string name) =>
        _listeners.FirstOrDefault(listener => listener.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <exception cref="HostStartException">A schedule cannot be read.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listeners = [.. catalog.Of(TriggerKind.Timer).Select(CreateListener)];
        _running = Task.WhenAll(
            _listeners.Select(listener => Task.Run(() => GuardAsync(listener), CancellationToken.None))
        );
        return Task.CompletedTask;
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

    private TimerListener CreateListener(DiscoveredFunction function)
    {
        var text = SettingExpression.Resolve(((TimerTriggerAttribute)function.Trigger).Schedule, configuration);
        return ActivatorUtilities.CreateInstance<TimerListener>(services, function, TimerSchedule.Parse(text));
    }

    private async Task GuardAsync(TimerListener listener)
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

    [LoggerMessage(1102, LogLevel.Critical, "The schedule of {Function} cannot be kept; it will not fire any more")]
    private partial void Ended(string function, Exception exception);
}
