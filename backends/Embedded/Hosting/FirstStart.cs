using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Trainyard.Contracts;
using Trainyard.Core.Security;
using Trainyard.Storage;

namespace Trainyard.Backends.Hosting;

/// <summary>
/// Makes what a new state folder lacks: the first API key, whose text lies in a file that only the service's user can
/// read. A crash between the key and its file leaves a key that nobody knows, and the next start makes another.
/// </summary>
internal sealed partial class FirstStart(StateFolder home, ApiKeyRing keys, PoolKey pool, ILogger<FirstStart> logger)
    : IHostedService
{
    private static readonly Owner Admin = Owner.Parse("admin");

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Being asked for is what makes it; agents read its file.
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
