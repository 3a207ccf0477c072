using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Trainyard.Runtime.Triggers.Discovery;
using Trainyard.Runtime.Triggers.Invocation;
using Trainyard.Runtime.Triggers.Listeners;
using Trainyard.Runtime.Triggers.Settings;
using Trainyard.Runtime.Triggers.State;

namespace Trainyard.Runtime.Triggers.Blobs;

/// <summary>Runs the listeners of all blob functions while the host runs.</summary>
internal sealed class BlobService(
    FunctionCatalog catalog,
    HostFolder state,
    EmbeddedHostSettings settings,
    IConfiguration configuration,
    IServiceProvider services,
    ILogger<BlobService> logger
) : IHostedService, IDisposable
{
    private readonly TriggerListeners<BlobListener> _listeners = new(logger);

    /// <exception cref="HostStartException">A path is not valid, or its folder cannot be made.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listeners.Start(catalog.Of(TriggerKind.Blob).Select(CreateListener));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _listeners.StopAsync(cancellationToken);

    public void Dispose() => _listeners.Dispose();

    private BlobListener CreateListener(DiscoveredFunction function)
    {
        var path = SettingExpression.Resolve(((BlobTriggerAttribute)function.Trigger).BlobPath, configuration);
        var pattern = BlobPattern.Parse(path);
        BlobParameters.Check(function, pattern);
        var root = state.File(pattern.Container);
        HostFolder.Create(root);
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
}
