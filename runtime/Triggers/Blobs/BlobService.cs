using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Trainyard.Runtime.Triggers.Discovery;
using Trainyard.Runtime.Triggers.Hosting;

namespace Trainyard.Runtime.Triggers.Blobs;

/// <summary>Runs the listeners of all blob functions while the host runs.</summary>
internal sealed partial class BlobService(
    FunctionCatalog catalog,
    StateFolder state,
    EmbeddedHostSettings settings,
    IConfiguration configuration,
    IServiceProvider services,
    ILogger<BlobService> logger
) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private IReadOnlyList<BlobListener> _listeners = [];
    private Task _running = Task.CompletedTask;

    /// <exception cref="HostStartException">A path is not valid, or its folder cannot be made.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listeners = [.. catalog.Of(TriggerKind.Blob).Select(CreateListener)];
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

    private BlobListener CreateListener(DiscoveredFunction function)
    {
        var path = SettingExpression.Resolve(((BlobTriggerAttribute)function.Trigger).BlobPath, configuration);
        var pattern = BlobPattern.Parse(path);
        BlobParameters.Check(function, pattern);
        var root = state.File(pattern.Container);
        StateFolder.Create(root);
        var receipts = new BlobReceipts(state, function.Name);
        var runner = ActivatorUtilities.CreateInstance<BlobRunner>(
            services,
            function,
            pattern.Container,
            receipts,
            settings.Blobs
        );
        return ActivatorUtilities.CreateInstance<BlobListener>(
            services,
            new BlobFolder(root, pattern),
            receipts,
            runner,
            settings.Blobs
        );
    }

    private async Task GuardAsync(BlobListener listener)
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
            Ended(e);
        }
    }

    [LoggerMessage(1221, LogLevel.Critical, "A folder cannot be watched any more; its function will not fire")]
    private partial void Ended(Exception exception);
}
