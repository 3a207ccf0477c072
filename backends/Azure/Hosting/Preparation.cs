using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Trainyard.Contracts;
using Trainyard.Core.Security;

namespace Trainyard.Backends.Azure.Hosting;

/// <summary>
/// Creates the tables and containers, then stores the operator's key, which a setting provides from the vault. Both
/// steps are repeatable, even by several instances at once.
/// </summary>
internal sealed partial class Preparation(
    StorageAccount storage,
    ApiKeyRing keys,
    PoolKey pool,
    IConfiguration configuration,
    ILogger<Preparation> logger
) : IHostedLifecycleService
{
    /// <summary>The setting with the first operator key, at least 20 characters. Without it no key is added.</summary>
    public const string OperatorKey = "Auth:OperatorKey";

    private const int ShortestKey = 20;
    private static readonly Owner Admin = Owner.Parse("admin");

    // Runs before any hosted service starts, because the first to start already takes calls.
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        // Resolved so that a service without a pool key fails to start.
        _ = pool;
        await storage.PrepareAsync(cancellationToken);
        if (configuration[OperatorKey] is not { Length: > 0 } key)
        {
            return;
        }
        if (key.Length < ShortestKey)
        {
            throw new InvalidOperationException($"The setting {OperatorKey} has less than {ShortestKey} characters.");
        }
        await keys.AddAsync(key, Admin, isOperator: true, cancellationToken);
        LogKeyKept(Admin);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(1100, LogLevel.Information, "Kept the operator's API key, of {Owner}.")]
    private partial void LogKeyKept(Owner owner);
}
