using Microsoft.Extensions.Logging;
using Trainyard.Agent.Logging;

namespace Trainyard.Agent.Node;

/// <summary>
/// Watches the lock file. If it is gone, the home was deleted, and with it the service's data: the agent could never
/// deliver its results, and would wait for ever.
/// </summary>
internal sealed class LockWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private readonly ITimer _timer;

    public LockWatch(string lockFile, TimeProvider time, ILogger logger, Action gone) =>
        _timer = time.CreateTimer(
            _ =>
            {
                if (File.Exists(lockFile))
                {
                    return;
                }
                Log.HomeGone(logger, lockFile);
                gone();
            },
            null,
            Interval,
            Interval
        );

    public void Dispose() => _timer.Dispose();
}
