using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Trainyard.Contracts;
using Trainyard.Core.Security;
using Trainyard.Storage;

namespace Trainyard.Backends.Hosting;

/// <summary>
/// Prepares a new state folder: creates the first API key and writes its text to a file that only the service's user
/// can read. A crash between the two leaves a key whose text is lost, and the next start creates another.
/// </summary>
internal sealed partial class FirstStart(StateFolder home, ApiKeyRing keys, PoolKey pool, ILogger<FirstStart> logger)
    : IHostedService
{
    private static readonly Owner Admin = Owner.Parse("admin");

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Resolving the pool key from the container creates its file, which agents read.
        _ = pool;
        if (File.Exists(home.KeyFile))
        {
            return;
        }
        var key = await keys.CreateAsync(Admin, isOperator: true, cancellationToken);
        DurableFiles.WritePrivate(home.KeyFile, Encoding.ASCII.GetBytes(key + "\n"));
        LogKeyMade(Admin, home.KeyFile);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(1000, LogLevel.Information, "Made the first API key, of {Owner}, in {File}.")]
    private partial void LogKeyMade(Owner owner, string file);
}
