using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Trainyard.Runtime.Triggers.Discovery;
using Trainyard.Runtime.Triggers.Invocation;
using Trainyard.Runtime.Triggers.Listeners;
using Trainyard.Runtime.Triggers.Settings;

namespace Trainyard.Runtime.Triggers.Timers;

/// <summary>Runs the listeners of all timer functions while the host runs.</summary>
internal sealed class TimerService(
    FunctionCatalog catalog,
    IConfiguration configuration,
    IServiceProvider services,
    ILogger<TimerService> logger
) : IHostedService, IDisposable
{
    private readonly TriggerListeners<TimerListener> _listeners = new(logger);

    public TimerListener? Find(string name) => _listeners.Find(name);

    /// <exception cref="HostStartException">A schedule cannot be read.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listeners.Start(catalog.Of(TriggerKind.Timer).Select(CreateListener));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _listeners.StopAsync(cancellationToken);

    public void Dispose() => _listeners.Dispose();

    private TimerListener CreateListener(DiscoveredFunction function)
    {
        var text = SettingExpression.Resolve(((TimerTriggerAttribute)function.Trigger).Schedule, configuration);
        return ActivatorUtilities.CreateInstance<TimerListener>(services, function, TimerSchedule.Parse(text));
    }
}
