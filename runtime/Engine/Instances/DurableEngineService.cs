using Microsoft.DurableTask;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Trainyard.Runtime.Engine.Execution;
using Trainyard.Runtime.Engine.Storage;

namespace Trainyard.Runtime.Engine.Instances;

/// <summary>Starts the engine with the host, and drains it when the host stops.</summary>
internal sealed class DurableEngineService(
    DurableTaskRegistry registry,
    DurableEngineOptions options,
    IServiceProvider services,
    ILoggerFactory loggers,
    TimeProvider clock,
    IHostApplicationLifetime? lifetime = null,
    ICommitObserver? observer = null
) : IHostedService, IAsyncDisposable
{
    private DurableEngine? _engine;

    /// <exception cref="InvalidOperationException">The host has not started yet, or has stopped.</exception>
    public DurableEngine Engine =>
        _engine ?? throw new InvalidOperationException("The durable engine runs only while its host does.");

    /// <exception cref="DurableStorageException">The state folder cannot be used; nothing was changed.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var execution = new ExecutionServices(registry, services, options.DataConverter, loggers);
        _engine = new DurableEngine(options, execution, clock, observer, () => lifetime?.StopApplication());
        _engine.Recover();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_engine is { } running)
        {
            await running.DrainAsync(cancellationToken);
            _engine = null;
            await running.DisposeAsync();
        }
    }

    /// <summary>For hosts that are dropped without being stopped.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(new CancellationToken(canceled: true));
}
